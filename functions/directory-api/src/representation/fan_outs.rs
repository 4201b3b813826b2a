//! What is published to partners' topics.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lambda_kit::http::Response;
use serde::Serialize;
use tenancy::{AgreementId, Defined, DefinitionState, FanOut, Page, PartnerId, Purpose};

use super::json;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct FanOutsResponse<'a> {
    fan_outs: Vec<FanOutResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct FanOutResponse<'a> {
    partner: &'a PartnerId,
    agreement: &'a AgreementId,
    purpose: &'a Purpose,
    types: &'a BTreeSet<String>,
    state: DefinitionState,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    changed_at: Option<Timestamp>,
}

pub(crate) fn fan_outs(page: &Page<(String, Defined<FanOut>)>) -> Response {
    let items = page.items.iter();
    let body = FanOutsResponse {
        fan_outs: items.map(|(_, defined)| fan_out(defined)).collect(),
        next: page.next.as_deref(),
    };
    json(200, &body)
}

pub(crate) fn fan_out(Defined { definition, change }: &Defined<FanOut>) -> FanOutResponse<'_> {
    FanOutResponse {
        partner: definition.partner(),
        agreement: definition.agreement(),
        purpose: definition.purpose(),
        types: definition.types(),
        state: definition.state(),
        version: change.version,
        changed_by: change.changed_by.as_deref(),
        changed_at: change.changed_at,
    }
}
