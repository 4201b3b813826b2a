//! `/v1/directory/{tenant}/notification-rules`

use std::collections::BTreeMap;

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use tenancy::{
    DefinitionState, EventTypeName, Kind, LanguageCode, LegalBasis, NoticeText, NotificationRule,
    Place, Purpose, PurposeDefinition, TenantId,
};
use token::Operator;

use super::defined;
use crate::{App, problems, representation, request};

/// What a rule's fields take.
const FIELDS: &[(&str, &str)] = &[
    (
        "purpose",
        "A purpose is one of the tenant's that people consent to, by its name.",
    ),
    (
        "texts",
        "Texts are given by language, such as en, each of 1 to 200 characters on one line.",
    ),
    ("state", "It is active or disabled."),
];

/// What a type's name takes.
const TYPE: &str = "A type is one of partners' events, such as com.example.parcel.sent.v1.";

/// What is defined of a rule.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct NotificationRuleRequest {
    purpose: Purpose,
    texts: BTreeMap<LanguageCode, NoticeText>,
    #[serde(default)]
    state: DefinitionState,
}

/// `GET /v1/directory/{tenant}/notification-rules`
pub(crate) async fn list(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let after: Option<EventTypeName> = request::cursor(request)?;
    let after = after.as_ref().map(EventTypeName::as_str);
    let page = app.keeper.list(&tenant, Kind::NotificationRule, after);
    let page = page.await.map_err(|error| problems::directory(&error))?;
    Ok(representation::notification_rules(&page))
}

/// `GET /v1/directory/{tenant}/notification-rules/{type}`
pub(crate) async fn show(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let place = Place::of_notification_rule(&tenant, &event_type(request)?);
    let found = defined(app, &place, "type").await?;
    let body = representation::notification_rule(&found);
    Ok(representation::shown(found.change.version, &body))
}

/// `PUT /v1/directory/{tenant}/notification-rules/{type}`
pub(crate) async fn put(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let event_type = event_type(request)?;
    let expected = request::expected(request)?;
    let body: NotificationRuleRequest = request::body(request, FIELDS)?;
    let place = Place::of_notification_rule(&tenant, &event_type);
    let definition: NotificationRule = request::definition(&place, &body)?;
    assert_named(app, &tenant, &definition).await?;
    let author = request::author(request, operator);
    let kept = app.keeper.keep(&place, definition, expected, author).await;
    let kept = kept.map_err(|error| problems::keeping(&error))?;
    let body = representation::notification_rule(&kept);
    Ok(representation::written(
        expected,
        kept.change.version,
        &body,
    ))
}

fn event_type(request: &Request) -> Result<EventTypeName, Problem> {
    let name = request.path_parameter("type");
    name.and_then(|name| name.parse().ok())
        .ok_or_else(|| problems::invalid_parameter("type", TYPE))
}

/// Whether all that the rule names is there, and people can consent to it. None of it can be removed,
/// and a purpose keeps its legal basis.
async fn assert_named(
    app: &App,
    tenant: &TenantId,
    rule: &NotificationRule,
) -> Result<(), Problem> {
    let itself = Place::of_tenant(tenant);
    let event_type = Place::of_event_type(tenant, rule.event_type());
    let places = [itself.clone(), event_type.clone()];
    let present = app.keeper.present(&places).await;
    let present = present.map_err(|error| problems::directory(&error))?;
    for (place, field) in [(itself, "tenant"), (event_type, "type")] {
        if !present.contains(&place) {
            return Err(problems::no_such_definition(field));
        }
    }
    let purpose = Place::of_purpose(tenant, rule.purpose());
    let purpose = app.keeper.find::<PurposeDefinition>(&purpose).await;
    let purpose = purpose.map_err(|error| problems::directory(&error))?;
    let purpose = purpose.ok_or_else(|| problems::unknown_purpose("purpose"))?;
    if purpose.definition.legal_basis() != LegalBasis::Consent {
        let takes = "Name a purpose whose legal basis is consent.";
        return Err(problems::invalid_field("purpose", takes));
    }
    Ok(())
}
