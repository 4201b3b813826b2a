//! `/v1/directory/{tenant}/agreements`

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use tenancy::{Agreement, AgreementId, FieldGroup, Kind, PartnerId, Place, Purpose, TenantId};
use token::Operator;

use super::defined;
use crate::{App, problems, representation, request};

/// What an agreement's fields take.
const FIELDS: &[(&str, &str)] = &[
    ("partner", "A partner is one of the tenant's, by its name."),
    (
        "terms",
        "Terms are purposes, each with a list out of names, contacts and demographics.",
    ),
    (
        "valid_until",
        "A moment is written as 2026-01-15T09:00:00Z.",
    ),
];

/// What is defined of an agreement.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct AgreementRequest {
    partner: PartnerId,
    terms: BTreeMap<Purpose, BTreeSet<FieldGroup>>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    valid_until: Option<Timestamp>,
}

/// `GET /v1/directory/{tenant}/agreements`
pub(crate) async fn list(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let after: Option<AgreementId> = request::cursor(request)?;
    let after = after.as_ref().map(AgreementId::as_str);
    let page = app.keeper.list(&tenant, Kind::Agreement, after).await;
    let page = page.map_err(|error| problems::directory(&error))?;
    Ok(representation::agreements(&page))
}

/// `GET /v1/directory/{tenant}/agreements/{agreement}`
pub(crate) async fn show(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let agreement: AgreementId = request::name(request, "agreement")?;
    let place = Place::of_agreement(&tenant, &agreement);
    let found = defined(app, &place, "agreement").await?;
    let body = representation::agreement(&found);
    Ok(representation::shown(found.change.version, &body))
}

/// `PUT /v1/directory/{tenant}/agreements/{agreement}`
pub(crate) async fn put(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let agreement: AgreementId = request::name(request, "agreement")?;
    let expected = request::expected(request)?;
    let body: AgreementRequest = request::body(request, FIELDS)?;
    let place = Place::of_agreement(&tenant, &agreement);
    let definition: Agreement = request::definition(&place, &body)?;
    assert_parties(app, &tenant, &definition).await?;
    let author = request::author(request, operator);
    let kept = app.keeper.keep(&place, definition, expected, author).await;
    let kept = kept.map_err(|error| problems::keeping(&error))?;
    let body = representation::agreement(&kept);
    Ok(representation::written(
        expected,
        kept.change.version,
        &body,
    ))
}

/// Whether all that the agreement names is defined. None of it can be removed, so it is there when
/// the agreement is.
async fn assert_parties(
    app: &App,
    tenant: &TenantId,
    agreement: &Agreement,
) -> Result<(), Problem> {
    let itself = Place::of_tenant(tenant);
    let partner = Place::of_partner(tenant, agreement.partner());
    let purposes = agreement.terms().keys();
    let mut places: Vec<Place> = purposes
        .map(|purpose| Place::of_purpose(tenant, purpose))
        .collect();
    let named = places.len();
    places.extend([itself.clone(), partner.clone()]);
    let present = app.keeper.present(&places).await;
    let present = present.map_err(|error| problems::directory(&error))?;
    if !present.contains(&itself) {
        return Err(problems::no_such_definition("tenant"));
    }
    if !present.contains(&partner) {
        return Err(problems::no_such_definition("partner"));
    }
    if present.len() < named + 2 {
        return Err(problems::unknown_purpose("terms"));
    }
    Ok(())
}
