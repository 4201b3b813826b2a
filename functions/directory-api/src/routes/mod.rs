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
use tenancy::{PartnerId, Place, TenantId};

use crate::{App, problems};

/// Whether the tenant is defined. What is defined stays, so that nothing has to hold it there.
async fn assert_tenant(app: &App, tenant: &TenantId) -> Result<(), Problem> {
    let present = app.keeper.present(&[Place::of_tenant(tenant)]).await;
    let present = present.map_err(|error| problems::directory(&error))?;
    if present.is_empty() {
        return Err(problems::no_such_definition("tenant"));
    }
    Ok(())
}

/// Whether the partner is defined, which stays likewise.
async fn assert_partner(app: &App, tenant: &TenantId, partner: &PartnerId) -> Result<(), Problem> {
    let place = Place::of_partner(tenant, partner);
    let present = app.keeper.present(&[place]).await;
    let present = present.map_err(|error| problems::directory(&error))?;
    if present.is_empty() {
        return Err(problems::no_such_definition("partner"));
    }
    Ok(())
}
