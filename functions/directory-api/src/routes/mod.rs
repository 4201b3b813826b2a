//! The routes, by what they are about.

pub(crate) mod agreements;
pub(crate) mod fan_outs;
pub(crate) mod hooks;
pub(crate) mod identifier_rules;
pub(crate) mod messages;
pub(crate) mod notification_rules;
pub(crate) mod partners;
pub(crate) mod purposes;
pub(crate) mod tenants;
pub(crate) mod write_keys;

use lambda_kit::problem::Problem;
use serde::de::DeserializeOwned;
use tenancy::{Defined, PartnerId, Place, TenantId};

use crate::{App, problems};

/// What is defined at `place`. If nothing is, the problem names `field`.
async fn defined<T: DeserializeOwned>(
    app: &App,
    place: &Place,
    field: &'static str,
) -> Result<Defined<T>, Problem> {
    let found = app.keeper.find(place).await;
    let found = found.map_err(|error| problems::directory(&error))?;
    found.ok_or_else(|| problems::no_such_definition(field))
}

/// Whether the tenant is defined. What is defined stays, so that nothing has to hold it there.
async fn assert_tenant(app: &App, tenant: &TenantId) -> Result<(), Problem> {
    assert_defined(app, Place::of_tenant(tenant), "tenant").await
}

/// Whether the partner is defined, which stays likewise.
async fn assert_partner(app: &App, tenant: &TenantId, partner: &PartnerId) -> Result<(), Problem> {
    assert_defined(app, Place::of_partner(tenant, partner), "partner").await
}

async fn assert_defined(app: &App, place: Place, field: &'static str) -> Result<(), Problem> {
    let present = app.keeper.present(&[place]).await;
    let present = present.map_err(|error| problems::directory(&error))?;
    if present.is_empty() {
        return Err(problems::no_such_definition(field));
    }
    Ok(())
}
