//! `/v1/directory/{tenant}/purposes`

use std::num::NonZeroU16;

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use tenancy::{
    DisplayName, Kind, LegalBasis, NoticeUrl, Place, Purpose, PurposeDefinition, TextDigest,
    TextVersion,
};
use token::Operator;

use super::{assert_tenant, defined};
use crate::{App, problems, representation, request};

/// What a purpose's fields take.
const FIELDS: &[(&str, &str)] = &[
    (
        "display_name",
        "A display name has 1 to 128 characters on one line.",
    ),
    (
        "legal_basis",
        "A legal basis is one of GDPR Art. 6 (1), such as consent or contract.",
    ),
    (
        "text_versions",
        "A text version has 1 to 64 letters, digits, dots, hyphens and underscores.",
    ),
    (
        "notices",
        "A notice has a text_version, a url by https, a sha256 of 64 hexadecimal digits in lower case, recipients if there are any, a retention, and nothing else.",
    ),
    ("valid_for_days", "A grant stands for 1 to 3,653 days."),
    ("sale_or_sharing", "It is true or false."),
];

/// What is defined of a purpose.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct PurposeRequest {
    display_name: DisplayName,
    legal_basis: LegalBasis,
    #[serde(default)]
    text_versions: Vec<TextVersion>,
    #[serde(default)]
    notices: Vec<NoticeRequest>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u16>))]
    valid_for_days: Option<NonZeroU16>,
    #[serde(default)]
    sale_or_sharing: bool,
}

/// What people are told with a version of the text.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PurposeNotice))]
#[serde(deny_unknown_fields)]
pub(crate) struct NoticeRequest {
    text_version: TextVersion,
    url: NoticeUrl,
    sha256: TextDigest,
    #[serde(default)]
    recipients: Vec<DisplayName>,
    retention: DisplayName,
}

/// `GET /v1/directory/{tenant}/purposes`
pub(crate) async fn list(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let after: Option<Purpose> = request::cursor(request)?;
    let after = after.as_ref().map(Purpose::as_str);
    let page = app.keeper.list(&tenant, Kind::Purpose, after).await;
    let page = page.map_err(|error| problems::directory(&error))?;
    Ok(representation::purposes(&page))
}

/// `GET /v1/directory/{tenant}/purposes/{purpose}`
pub(crate) async fn show(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let purpose: Purpose = request::name(request, "purpose")?;
    let found = defined(app, &Place::of_purpose(&tenant, &purpose), "purpose").await?;
    let body = representation::purpose(&found);
    Ok(representation::shown(found.change.version, &body))
}

/// `PUT /v1/directory/{tenant}/purposes/{purpose}`
pub(crate) async fn put(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let purpose: Purpose = request::name(request, "purpose")?;
    let expected = request::expected(request)?;
    let body: PurposeRequest = request::body(request, FIELDS)?;
    if has_one_twice(&body.text_versions) {
        return Err(problems::invalid_field(
            "text_versions",
            "Name each version of a text once.",
        ));
    }
    let place = Place::of_purpose(&tenant, &purpose);
    let definition: PurposeDefinition = request::definition(&place, &body)?;
    assert_tenant(app, &tenant).await?;
    let author = request::author(request, operator);
    let kept = app.keeper.keep_purpose(definition, expected, author).await;
    let kept = kept.map_err(|error| problems::keeping(&error))?;
    let body = representation::purpose(&kept);
    Ok(representation::written(
        expected,
        kept.change.version,
        &body,
    ))
}

fn has_one_twice(texts: &[TextVersion]) -> bool {
    let mut rest = texts;
    while let [first, others @ ..] = rest {
        if others.contains(first) {
            return true;
        }
        rest = others;
    }
    false
}
