//! How that which tenants' code noted looks to the person.

use jiff::Timestamp;
use lambda_kit::http::Response;
use profile::TenantTrait;
use serde::Serialize;
use serde_json::Value;
use tenancy::{ExtensionName, TenantId};

/// What code of a tenant noted.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OwnTraitsResponse))]
pub(crate) struct TraitsResponse<'a> {
    tenant: &'a TenantId,
    /// By name.
    traits: Vec<TraitResponse<'a>>,
}

/// One thing that was noted.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OwnTrait))]
pub(crate) struct TraitResponse<'a> {
    name: &'a str,
    /// A text, a number or a flag.
    value: &'a Value,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    noted_at: Timestamp,
    /// Whose word it is.
    extension: &'a ExtensionName,
}

/// What was noted as an answer.
pub(crate) fn traits(tenant: &TenantId, noted: &[TenantTrait]) -> Response {
    let traits = noted.iter().filter_map(|word| {
        Some(TraitResponse {
            name: &word.name,
            value: word.value.as_ref()?.expose(),
            noted_at: word.at,
            extension: &word.extension,
        })
    });
    let body = TraitsResponse {
        tenant,
        traits: traits.collect(),
    };
    Response::json(200, "application/json", &body)
}
