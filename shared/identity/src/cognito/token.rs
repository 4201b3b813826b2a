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
    access_token_generation: AccessGeneration<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_override_details: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Generation<'a> {
    claims_to_add_or_override: &'a TokenClaims,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccessGeneration<'a> {
    #[serde(flatten)]
    generation: Generation<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    scopes_to_suppress: &'a [&'a str],
}

/// The group of the user pool whose members are operators.
const OPERATORS: &str = "operators";

/// What an app client may ask for and nobody but an operator is granted.
const OPERATORS_SCOPES: [&str; 12] = [
    "fairlead/profile.merge",
    "fairlead/profile.erase",
    "fairlead/receipts.read",
    "fairlead/events.write",
    "fairlead/directory.read",
    "fairlead/directory.write",
    "fairlead/identifier-rules.write",
    "fairlead/dead-letters.read",
    "fairlead/dead-letters.redrive",
    "fairlead/operations.read",
    "fairlead/extensions.read",
    "fairlead/extensions.write",
];

/// The scopes that are taken out of the token of a person in these groups. Whether they were asked
/// for makes no difference: taking away what is not there does nothing.
#[must_use]
pub fn scopes_to_suppress(groups: &[String]) -> &'static [&'static str] {
    if groups.iter().any(|group| group == OPERATORS) {
        &[]
    } else {
        &OPERATORS_SCOPES
    }
}

/// The answer that adds `claims` to the token, or both tokens, of `trigger`, and takes `suppressed`
/// scopes out of the access token; the event unchanged where there is nothing to do or its version
/// is one that we don't know. The first version speaks of the ID token alone, which has no scopes.
#[must_use]
pub fn answer_token_generation(
    trigger: Trigger,
    claims: &TokenClaims,
    suppressed: &[&str],
) -> Answer {
    if claims.is_empty() && suppressed.is_empty() {
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
                access_token_generation: AccessGeneration {
                    generation: generation(),
                    scopes_to_suppress: suppressed,
                },
                group_override_details,
            },
        }),
        _ => trigger.unchanged(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whoever_is_not_in_the_group_loses_every_scope_of_the_operators(
            groups in proptest::collection::vec("[Oo]perators? ?|\\PC{0,12}", 0..5),
        ) {
            let is_operator = groups.contains(&OPERATORS.to_owned());
            let suppressed = scopes_to_suppress(&groups);
            prop_assert_eq!(suppressed.is_empty(), is_operator);
            prop_assert!(is_operator || suppressed == OPERATORS_SCOPES);
        }

        #[test]
        fn an_operator_keeps_them_whatever_other_groups_there_are(
            mut groups in proptest::collection::vec("\\PC{0,12}", 0..5),
            at in 0_usize..5,
        ) {
            groups.insert(at.min(groups.len()), OPERATORS.to_owned());
            prop_assert!(scopes_to_suppress(&groups).is_empty());
        }
    }
}
