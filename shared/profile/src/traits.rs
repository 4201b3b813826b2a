//! What a tenant's own code notes of people.

use std::collections::BTreeMap;

use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenancy::{ExtensionName, TenantId};

/// What precedes tenant and name in the part that holds what was noted.
const TRAIT_PREFIX: &str = "trait#";

/// A text, a number or a flag that a tenant's own code notes of a person: row `trait#<tenant>#<name>` of the
/// member whom its event is about. The later word takes the place of the one before, as with segments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantTrait {
    /// The member.
    pub profile_id: ProfileId,
    part: String,
    /// Whose word it is.
    pub tenant: TenantId,
    /// What it is called.
    pub name: String,
    /// What is noted; nothing, if it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Redacted<Value>>,
    /// When it was noted.
    pub at: Timestamp,
    /// By which extension.
    pub extension: ExtensionName,
}

/// Something that is to be noted: the name, and the value, or nothing to take it back.
pub type Noted = (String, Option<Value>);

/// The part that holds what `tenant` notes under `name`.
#[must_use]
pub(crate) fn trait_part(tenant: &TenantId, name: &str) -> String {
    format!("{TRAIT_PREFIX}{tenant}#{name}")
}

impl TenantTrait {
    /// What `extension` of `tenant` notes of `member`.
    #[must_use]
    pub fn new(
        member: ProfileId,
        (tenant, extension): (TenantId, ExtensionName),
        (name, value): Noted,
        at: Timestamp,
    ) -> Self {
        Self {
            profile_id: member,
            part: trait_part(&tenant, &name),
            tenant,
            name,
            value: value.map(Redacted::new),
            at,
            extension,
        }
    }

    /// Whether it says something that `before` does not, and later.
    #[must_use]
    pub fn is_news_after(&self, before: Option<&Self>) -> bool {
        match before {
            Some(before) => before.at < self.at && before.value != self.value,
            None => self.value.is_some(),
        }
    }

    /// The one of two that counts for a person with both: the later one, at the same time that of the younger
    /// member.
    #[must_use]
    pub fn later(self, other: Self) -> Self {
        if (self.at, self.profile_id) < (other.at, other.profile_id) {
            other
        } else {
            self
        }
    }
}

/// Of all that was noted of a person what counts, by name; nothing that was taken back.
pub(crate) fn latest_of(noted: Vec<TenantTrait>) -> Vec<TenantTrait> {
    let mut latest: BTreeMap<String, TenantTrait> = BTreeMap::new();
    for word in noted {
        let counts = match latest.remove(&word.name) {
            Some(other) => other.later(word),
            None => word,
        };
        latest.insert(counts.name.clone(), counts);
    }
    latest
        .into_values()
        .filter(|word| word.value.is_some())
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn noted(member: u128, value: Option<u8>, second: i64) -> TenantTrait {
        let whose = ("harbour".parse().unwrap(), "greeter".parse().unwrap());
        TenantTrait::new(
            ProfileId::new(Uuid::from_u128(member)),
            whose,
            ("greeting".to_owned(), value.map(|value| json!(value))),
            Timestamp::from_second(second).unwrap(),
        )
    }

    proptest! {
        #[test]
        fn of_several_words_the_same_counts_in_whichever_order_they_are_read(
            words in prop::collection::vec((0_u128..3, prop::option::of(0_u8..3), 0_i64..4), 1..6),
        ) {
            // A member has one row under a name.
            let mut all: Vec<TenantTrait> = Vec::new();
            for (member, value, second) in words {
                let word = noted(member, value, second);
                all.retain(|other| other.profile_id != word.profile_id);
                all.push(word);
            }
            let counts = |all: &[TenantTrait]| all.iter().cloned().reduce(TenantTrait::later);
            let forwards = counts(&all);
            all.reverse();
            prop_assert_eq!(forwards, counts(&all));
        }
    }

    #[test]
    fn what_was_noted_before_or_is_the_same_is_no_news_and_nothing_is_printed() {
        let (one, two) = (noted(1, Some(1), 1), noted(1, Some(2), 2));
        assert!(one.is_news_after(None) && two.is_news_after(Some(&one)));
        assert!(!one.is_news_after(Some(&two)) && !two.is_news_after(Some(&two)));
        assert!(!noted(1, Some(1), 9).is_news_after(Some(&one)));
        assert!(!noted(1, None, 9).is_news_after(None));
        assert!(noted(1, None, 9).is_news_after(Some(&one)));
        let text = TenantTrait {
            value: Some(Redacted::new(json!("canary"))),
            ..one
        };
        assert!(!format!("{text:?}").contains("canary"));
    }
}
