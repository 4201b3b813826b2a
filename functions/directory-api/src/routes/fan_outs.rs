//! `/v1/directory/{tenant}/fan-outs`

use std::collections::BTreeSet;

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use tenancy::{
    Agreement, AgreementId, DefinitionState, EventTypeName, FanOut, FieldGroup, Kind, PartnerId,
    Place, Purpose, TenantId,
};
use token::Operator;

use super::defined;
use crate::{App, problems, representation, request};

/// What the fields of a fan-out take.
const FIELDS: &[(&str, &str)] = &[
    (
        "agreement",
        "An agreement is one with the partner, by its name.",
    ),
    ("purpose", PURPOSE),
    ("types", TYPES),
    ("state", "It is active or disabled."),
];

const PURPOSE: &str = "A purpose is one for which the agreement has the group events, by its name.";
const TYPES: &str = "Types are 1 to 64 of partners' events, such as com.example.order.placed.v1, or of SDKs' messages.";

/// What the types of SDKs' messages begin with, which no tenant registers.
const OF_SDKS: &str = "dev.fairlead.segment.";

/// What is defined of a fan-out.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct FanOutRequest {
    agreement: AgreementId,
    purpose: Purpose,
    types: BTreeSet<String>,
    #[serde(default)]
    state: DefinitionState,
}

/// `GET /v1/directory/{tenant}/fan-outs`
pub(crate) async fn list(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let after: Option<PartnerId> = request::cursor(request)?;
    let after = after.as_ref().map(PartnerId::as_str);
    let page = app.keeper.list(&tenant, Kind::FanOut, after).await;
    let page = page.map_err(|error| problems::directory(&error))?;
    Ok(representation::fan_outs(&page))
}

/// `GET /v1/directory/{tenant}/fan-outs/{partner}`
pub(crate) async fn show(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let partner: PartnerId = request::name(request, "partner")?;
    let found = defined(app, &Place::of_fan_out(&tenant, &partner), "partner").await?;
    let body = representation::fan_out(&found);
    Ok(representation::shown(found.change.version, &body))
}

/// `PUT /v1/directory/{tenant}/fan-outs/{partner}`
pub(crate) async fn put(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let partner: PartnerId = request::name(request, "partner")?;
    let expected = request::expected(request)?;
    let body: FanOutRequest = request::body(request, FIELDS)?;
    let place = Place::of_fan_out(&tenant, &partner);
    let definition: FanOut = request::definition(&place, &body)?;
    assert_agreed(app, &tenant, &definition).await?;
    assert_registered(app, &tenant, definition.types()).await?;
    let author = request::author(request, operator);
    let kept = app.keeper.keep(&place, definition, expected, author).await;
    let kept = kept.map_err(|error| problems::keeping(&error))?;
    let body = representation::fan_out(&kept);
    Ok(representation::written(
        expected,
        kept.change.version,
        &body,
    ))
}

/// Whether the agreement is the partner's, and has events for the purpose. What it covers later is decided
/// with each event.
async fn assert_agreed(app: &App, tenant: &TenantId, fan_out: &FanOut) -> Result<(), Problem> {
    let place = Place::of_agreement(tenant, fan_out.agreement());
    let found = app.keeper.find::<Agreement>(&place).await;
    let found = found.map_err(|error| problems::directory(&error))?;
    let found = found.filter(|found| found.definition.partner() == fan_out.partner());
    let found = found.ok_or_else(|| problems::no_such_definition("agreement"))?;
    let groups = found.definition.terms().get(fan_out.purpose());
    if groups.is_some_and(|groups| groups.contains(&FieldGroup::Events)) {
        Ok(())
    } else {
        Err(problems::invalid_field("purpose", PURPOSE))
    }
}

/// Whether each type is one that somebody can send. None of them can be removed.
async fn assert_registered(
    app: &App,
    tenant: &TenantId,
    types: &BTreeSet<String>,
) -> Result<(), Problem> {
    let mut places = Vec::new();
    for name in types.iter().filter(|name| !name.starts_with(OF_SDKS)) {
        let name: Result<EventTypeName, _> = name.parse();
        let name = name.map_err(|_| problems::invalid_field("types", TYPES))?;
        places.push(Place::of_event_type(tenant, &name));
    }
    if places.is_empty() {
        return Ok(());
    }
    let present = app.keeper.present(&places).await;
    let present = present.map_err(|error| problems::directory(&error))?;
    if present.len() < places.len() {
        return Err(problems::no_such_definition("types"));
    }
    Ok(())
}
