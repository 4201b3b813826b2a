//! `/v1/directory/{tenant}/partners`

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use tenancy::{DisplayName, Kind, Partner, PartnerId, Place, RateLimit};
use token::Operator;

use super::{assert_tenant, defined};
use crate::{App, problems, representation, request};

/// What a partner's fields take.
const FIELDS: &[(&str, &str)] = &[
    (
        "display_name",
        "A display name has 1 to 128 characters on one line.",
    ),
    (
        "requests_per_minute",
        "A limit is 100 to 1,000,000 requests in a minute.",
    ),
];

/// What is defined of a partner.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct PartnerRequest {
    display_name: DisplayName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>))]
    requests_per_minute: Option<RateLimit>,
}

/// `GET /v1/directory/{tenant}/partners`
pub(crate) async fn list(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let after: Option<PartnerId> = request::cursor(request)?;
    let after = after.as_ref().map(PartnerId::as_str);
    let page = app.keeper.list(&tenant, Kind::Partner, after).await;
    let page = page.map_err(|error| problems::directory(&error))?;
    Ok(representation::partners(&page))
}

/// `GET /v1/directory/{tenant}/partners/{partner}`
pub(crate) async fn show(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let partner: PartnerId = request::name(request, "partner")?;
    let place = Place::of_partner(&tenant, &partner);
    let found = defined(app, &place, "partner").await?;
    let body = representation::partner(partner.as_str(), &found);
    Ok(representation::shown(found.change.version, &body))
}

/// `PUT /v1/directory/{tenant}/partners/{partner}`
pub(crate) async fn put(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let partner: PartnerId = request::name(request, "partner")?;
    let expected = request::expected(request)?;
    let body: PartnerRequest = request::body(request, FIELDS)?;
    let place = Place::of_partner(&tenant, &partner);
    let definition: Partner = request::definition(&place, &body)?;
    assert_tenant(app, &tenant).await?;
    let author = request::author(request, operator);
    let kept = app.keeper.keep(&place, definition, expected, author).await;
    let kept = kept.map_err(|error| problems::keeping(&error))?;
    let body = representation::partner(partner.as_str(), &kept);
    Ok(representation::written(
        expected,
        kept.change.version,
        &body,
    ))
}
