//! `/v1/directory/{tenant}/messages`

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use tenancy::{
    Kind, LanguageCode, MessageDefinition, MessageName, MessagePart, Place, Tenant, TenantId,
};
use token::Operator;

use super::defined;
use crate::{App, problems, representation, request};

/// What a message's fields take.
const FIELDS: &[(&str, &str)] = &[("subject", SUBJECT), ("email", EMAIL), ("sms", SMS)];

const SUBJECT: &str = "A subject has 1 to 140 characters on one line once the tenant's name is in the place of {tenant}.";
const EMAIL: &str = "An e-mail is HTML of at most 20,000 characters with {####} in it, and {username} in an invitation alone.";
const SMS: &str = "A text message has at most 140 characters on one line with {####} in it, and {username} in an invitation alone.";

/// What a kind's name takes.
const KIND: &str = "A kind is sign-up, invitation, resend-code, forgot-password, changed-contact, verify-contact or second-factor.";

/// What a language's code takes.
const LANGUAGE: &str =
    "A language is named by its code of two or three letters in lower case, such as de.";

/// What is defined of a message.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageRequest {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sms: Option<String>,
}

/// `GET /v1/directory/{tenant}/messages`
pub(crate) async fn list(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let after: Option<MessageName> = request::cursor(request)?;
    let after = after.as_ref().map(MessageName::in_directory);
    let page = app.keeper.list(&tenant, Kind::Message, after.as_deref());
    let page = page.await.map_err(|error| problems::directory(&error))?;
    Ok(representation::messages(&page))
}

/// `GET /v1/directory/{tenant}/messages/{kind}/{language}`
pub(crate) async fn show(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let place = Place::of_message(&tenant, &name(request)?);
    let found = defined(app, &place, "language").await?;
    let body = representation::message(&found);
    Ok(representation::shown(found.change.version, &body))
}

/// `PUT /v1/directory/{tenant}/messages/{kind}/{language}`
pub(crate) async fn put(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let name = name(request)?;
    let expected = request::expected(request)?;
    let body: MessageRequest = request::body(request, FIELDS)?;
    let place = Place::of_message(&tenant, &name);
    let definition: MessageDefinition = request::definition(&place, &body)?;
    assert_fit(app, &tenant, &definition).await?;
    let author = request::author(request, operator);
    let kept = app.keeper.keep(&place, definition, expected, author).await;
    let kept = kept.map_err(|error| problems::keeping(&error))?;
    let body = representation::message(&kept);
    Ok(representation::written(
        expected,
        kept.change.version,
        &body,
    ))
}

fn name(request: &Request) -> Result<MessageName, Problem> {
    let kind = request.path_parameter("kind");
    let kind = kind.and_then(|kind| kind.parse().ok());
    let language = request.path_parameter("language");
    let language: Option<LanguageCode> = language.and_then(|code| code.parse().ok());
    Ok(MessageName {
        kind: kind.ok_or_else(|| problems::invalid_parameter("kind", KIND))?,
        language: language.ok_or_else(|| problems::invalid_parameter("language", LANGUAGE))?,
    })
}

/// Whether the message says anything, and Cognito would take all that it says with the tenant's name as it
/// is now.
async fn assert_fit(
    app: &App,
    tenant: &TenantId,
    message: &MessageDefinition,
) -> Result<(), Problem> {
    let says = |part: &MessagePart| message.template().part(*part).is_some();
    if !MessagePart::ALL.iter().any(says) {
        let takes = "A message has a subject, an email or an sms.";
        return Err(problems::beyond_limits(takes));
    }
    let found = defined::<Tenant>(app, &Place::of_tenant(tenant), "tenant").await?;
    match message.unfit(&found.definition.display_name) {
        None => Ok(()),
        Some(MessagePart::Subject) => Err(problems::invalid_field("subject", SUBJECT)),
        Some(MessagePart::Email) => Err(problems::invalid_field("email", EMAIL)),
        Some(MessagePart::Sms) => Err(problems::invalid_field("sms", SMS)),
    }
}
