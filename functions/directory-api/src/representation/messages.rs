//! A tenant's words for what Cognito writes to people.

use identity::cognito::MessageKind;
use jiff::Timestamp;
use lambda_kit::http::Response;
use serde::Serialize;
use tenancy::{Defined, LanguageCode, MessageDefinition, MessageName, MessagePart, Page};

use super::json;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct MessagesResponse<'a> {
    messages: Vec<MessageResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct MessageResponse<'a> {
    kind: MessageKind,
    language: &'a LanguageCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sms: Option<&'a str>,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    changed_at: Option<Timestamp>,
}

pub(crate) fn messages(page: &Page<(String, Defined<MessageDefinition>)>) -> Response {
    let items = page.items.iter();
    // The last one's name as it is sent back: in the directory it has a sign that ends an address.
    let last = page.items.last().filter(|_| page.next.is_some());
    let next = last.map(|(_, defined)| defined.definition.name().to_string());
    let body = MessagesResponse {
        messages: items.map(|(_, defined)| message(defined)).collect(),
        next,
    };
    json(200, &body)
}

pub(crate) fn message(
    Defined { definition, change }: &Defined<MessageDefinition>,
) -> MessageResponse<'_> {
    let MessageName { kind, language } = definition.name();
    let template = definition.template();
    MessageResponse {
        kind: *kind,
        language,
        subject: template.part(MessagePart::Subject),
        email: template.part(MessagePart::Email),
        sms: template.part(MessagePart::Sms),
        version: change.version,
        changed_by: change.changed_by.as_deref(),
        changed_at: change.changed_at,
    }
}
