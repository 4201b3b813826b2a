//! Which of partners' systems may send webhooks.

use jiff::Timestamp;
use lambda_kit::http::Response;
use serde::Serialize;
use tenancy::{Defined, DefinitionState, HookDefinition, Page, PartnerId, SourceName};

use super::json;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct HooksResponse<'a> {
    hooks: Vec<HookResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct HookResponse<'a> {
    partner: &'a PartnerId,
    source: &'a SourceName,
    /// Where its messages are sent to.
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    state: DefinitionState,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    changed_at: Option<Timestamp>,
}

pub(crate) fn hooks(page: &Page<(String, Defined<HookDefinition>)>) -> Response {
    let items = page.items.iter();
    let body = HooksResponse {
        hooks: items.map(|(_, defined)| hook(defined)).collect(),
        next: page.next.as_deref(),
    };
    json(200, &body)
}

pub(crate) fn hook(Defined { definition, change }: &Defined<HookDefinition>) -> HookResponse<'_> {
    let (tenant, name) = (definition.tenant(), definition.name());
    HookResponse {
        partner: &name.partner,
        source: &name.source,
        path: format!("/v1/hooks/{tenant}.{}/{}", name.partner, name.source),
        external_id: definition.external_id(),
        state: definition.state(),
        version: change.version,
        changed_by: change.changed_by.as_deref(),
        changed_at: change.changed_at,
    }
}
