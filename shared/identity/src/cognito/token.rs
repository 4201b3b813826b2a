//! Answers to token generation, in the three shapes that Cognito knows.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Answer, Trigger};

/// Claims to add to a token, by name.
pub type TokenClaims = BTreeMap<&'static str, String>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseV1<'a> {
    claims_override_details: ClaimsOverride<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClaimsOverride<'a> {
    claims_to_add_or_override: &'a TokenClaims,
    /// Absent keeps the groups; empty or null would take them away from the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    group_override_details: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseV2<'a> {
    claims_and_scope_override_details: ClaimsAndScopes<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClaimsAndScopes<'a> {
    id_token_generation: Generation<'a>,
    access_token_generation: Generation<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_override_details: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Generation<'a> {
    claims_to_add_or_override: &'a TokenClaims,
}

/// The answer that adds `claims` to the token, or both tokens, of `trigger`; the event unchanged
/// where there is nothing to add or its version is one that we don't know.
#[must_use]
pub fn answer_token_generation(trigger: Trigger, claims: &TokenClaims) -> Answer {
    if claims.is_empty() {
        return trigger.unchanged();
    }
    let groups = trigger
        .group_configuration
        .clone()
        .filter(|groups| groups.get() != "null");
    let group_override_details = groups.as_deref();
    let generation = || Generation {
        claims_to_add_or_override: claims,
    };
    match trigger.version.as_str() {
        "1" => trigger.respond(&ResponseV1 {
            claims_override_details: ClaimsOverride {
                claims_to_add_or_override: claims,
                group_override_details,
            },
        }),
        "2" | "3" => trigger.respond(&ResponseV2 {
            claims_and_scope_override_details: ClaimsAndScopes {
                id_token_generation: generation(),
                access_token_generation: generation(),
                group_override_details,
            },
        }),
        _ => trigger.unchanged(),
    }
}
