//! For which contacts a record is.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};

use crate::Question;

/// For which contacts a record is: for those of all queues, countries and regions unless it names some.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Scope {
    /// Queues by name, id or ARN.
    #[serde(default, deserialize_with = "names")]
    pub queues: BTreeSet<String>,
    /// Countries by their codes of ISO 3166-1.
    #[serde(default, deserialize_with = "names")]
    pub countries: BTreeSet<String>,
    /// Regions as operators call them: `DE-BY`.
    #[serde(default, deserialize_with = "names")]
    pub regions: BTreeSet<String>,
}

/// How much a record counts beside others: more is more, and 0 without a word on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(transparent)]
pub struct Priority(u32);

/// Which of several records that apply counts: by priority, and of the same by how closely it names whom
/// it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank(Priority, bool, bool, bool);

impl Scope {
    /// Whether it is for the contact that `question` asks about. What is for some queues alone is for no
    /// contact of which the queue is not known, and so with the rest.
    #[must_use]
    pub fn is_for(&self, question: &Question) -> bool {
        has_one(&self.queues, question.queues.iter())
            && has_one(&self.countries, question.country.iter())
            && has_one(&self.regions, question.region.iter())
    }

    pub(crate) fn rank(&self, priority: Priority) -> Rank {
        Rank(
            priority,
            !self.queues.is_empty(),
            !self.regions.is_empty(),
            !self.countries.is_empty(),
        )
    }
}

fn has_one<'a>(named: &BTreeSet<String>, mut asked: impl Iterator<Item = &'a String>) -> bool {
    named.is_empty() || asked.any(|asked| named.contains(&alias(asked)))
}

/// A name as it is compared: of an ARN what stands behind the last slash, and all in small letters.
pub(crate) fn alias(name: &str) -> String {
    let name = name.trim();
    let id = name.rsplit('/').next().filter(|_| name.starts_with("arn:"));
    id.unwrap_or(name).to_lowercase()
}

fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<String>, D::Error> {
    let names: Vec<String> = Vec::deserialize(deserializer)?;
    Ok(names.iter().map(|name| alias(name)).collect())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;

    fn question() -> Question {
        Question {
            queues: vec![
                "Returns".to_owned(),
                "arn:aws:connect:eu-west-1:1:instance/i/queue/q-17".to_owned(),
            ],
            country: Some("DE".to_owned()),
            ..Question::at("2026-01-15T09:00:00Z".parse().unwrap())
        }
    }

    #[rstest]
    #[case(json!({}), true)]
    #[case(json!({ "queues": ["returns"] }), true)]
    #[case(json!({ "queues": ["q-17"] }), true)]
    #[case(json!({ "queues": ["arn:aws:connect:eu-west-1:1:instance/i/queue/Q-17"] }), true)]
    #[case(json!({ "queues": ["sales", "Returns"] }), true)]
    #[case(json!({ "queues": ["sales"] }), false)]
    #[case(json!({ "countries": ["at", "de"] }), true)]
    #[case(json!({ "countries": ["at"] }), false)]
    #[case(json!({ "regions": ["DE-BY"] }), false)]
    fn a_record_is_for_whom_it_names(#[case] scope: Value, #[case] is_for: bool) {
        let scope: Scope = serde_json::from_value(scope).unwrap();
        assert_eq!(scope.is_for(&question()), is_for);
    }

    #[test]
    fn a_higher_priority_counts_before_a_closer_name() {
        let named: Scope = serde_json::from_value(json!({ "queues": ["returns"] })).unwrap();
        let anybody = Scope::default();
        assert!(named.rank(Priority(0)) > anybody.rank(Priority(0)));
        assert!(named.rank(Priority(0)) < anybody.rank(Priority(1)));
    }
}
