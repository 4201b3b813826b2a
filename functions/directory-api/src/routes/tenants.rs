//! `/v1/directory`, `/v1/directory/{tenant}`

use std::collections::BTreeSet;

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use tenancy::{AppClientId, DisplayName, Expected, Place, Tenant, TenantId};
use token::Operator;

use super::defined;
use crate::{App, problems, representation, request};

/// What a tenant's fields take.
const FIELDS: &[(&str, &str)] = &[
    (
        "display_name",
        "A display name has 1 to 128 characters on one line.",
    ),
    (
        "app_clients",
        "A list of the user pool's app clients, by their ids.",
    ),
];

/// What is defined of a tenant.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantRequest {
    display_name: DisplayName,
    #[serde(default)]
    app_clients: BTreeSet<AppClientId>,
}

/// `GET /v1/directory`: the names of all tenants, which are no secret among operators.
pub(crate) async fn list(app: &App, request: &Request) -> Result<Response, Problem> {
    let after: Option<TenantId> = request::cursor(request)?;
    let page = app.keeper.tenants(after.as_ref()).await;
    let page = page.map_err(|error| problems::directory(&error))?;
    Ok(representation::tenants(page))
}

/// `GET /v1/directory/{tenant}`
pub(crate) async fn show(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let found = defined::<Tenant>(app, &Place::of_tenant(&tenant), "tenant").await?;
    let body = representation::tenant(&tenant, &found);
    Ok(representation::shown(found.change.version, &body))
}

/// `PUT /v1/directory/{tenant}`: a tenant that is not there yet can be no operator's own, so any of
/// them may define it.
pub(crate) async fn put(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let expected = request::expected(request)?;
    let tenant = match expected {
        Expected::Absent => request::name(request, "tenant")?,
        Expected::Version(_) => request::own_tenant(request, operator)?,
    };
    let body: TenantRequest = request::body(request, FIELDS)?;
    let place = Place::of_tenant(&tenant);
    let definition: Tenant = request::definition(&place, &body)?;
    let author = request::author(request, operator);
    let kept = app
        .keeper
        .keep_tenant(&tenant, definition, expected, author)
        .await;
    let kept = kept.map_err(|error| problems::keeping(&error))?;
    let body = representation::tenant(&tenant, &kept);
    Ok(representation::written(
        expected,
        kept.change.version,
        &body,
    ))
}
