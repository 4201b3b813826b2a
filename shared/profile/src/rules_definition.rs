//! The rules for identifiers as operators define them: row `*` / `identifier-rules` of the directory.

use std::collections::{BTreeMap, BTreeSet};

use identity::IdentifierKind;
use serde::{
    Deserialize, Serialize,
    de::{IgnoredAny, IntoDeserializer, value},
};
use tenancy::{Definition, Fixed};

/// What the row has beside the rules: its key, and its last change.
const BESIDE: [&str; 6] = [
    "tenant",
    "part",
    "version",
    "changed_by",
    "changed_at",
    "last_request",
];

/// What operators define. Whatever stands in the row can be read: nobody stays unidentified since a
/// word in it is mistyped. What is no rule has no effect, and [`ignored`](Self::ignored) names it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, Said>")]
pub struct RulesDefinition {
    pub(crate) blocked: BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limits: Option<BTreeMap<IdentifierKind, u32>>,
    #[serde(skip)]
    ignored: Vec<String>,
}

/// Whatever may stand in a row.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Number(u32),
    Text(String),
    List(Vec<Said>),
    Map(BTreeMap<String, Said>),
    Other(IgnoredAny),
}

impl RulesDefinition {
    /// Texts that are nobody's identifier, beside Fairlead's own.
    #[must_use]
    pub const fn blocked(&self) -> &BTreeSet<String> {
        &self.blocked
    }

    /// How many identifiers of a kind a profile takes on somebody's word, in place of Fairlead's own
    /// limits.
    #[must_use]
    pub const fn limits(&self) -> Option<&BTreeMap<IdentifierKind, u32>> {
        self.limits.as_ref()
    }

    /// What the row has that is no rule, by its place: `blokced`, `limits.emails`.
    #[must_use]
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    fn block(&mut self, texts: Vec<Said>) {
        for text in texts {
            match text {
                Said::Text(text) => {
                    self.blocked.insert(text);
                }
                _ => self.ignored.push("blocked".to_owned()),
            }
        }
    }

    fn limit(&mut self, limits: BTreeMap<String, Said>) {
        let is_without_limits = limits.is_empty();
        let mut known = BTreeMap::new();
        for (name, most) in limits {
            match (kind(&name), most) {
                (Some(kind), Said::Number(most)) => {
                    known.insert(kind, most);
                }
                _ => self.ignored.push(format!("limits.{name}")),
            }
        }
        // Who mistyped the only limit did not mean to have none.
        self.limits = Some(known).filter(|known| is_without_limits || !known.is_empty());
    }
}

impl From<BTreeMap<String, Said>> for RulesDefinition {
    fn from(row: BTreeMap<String, Said>) -> Self {
        let mut read = Self::default();
        for (name, said) in row {
            if BESIDE.contains(&name.as_str()) {
                continue;
            }
            match said {
                Said::List(texts) if name == "blocked" => read.block(texts),
                Said::Map(limits) if name == "limits" => read.limit(limits),
                Said::Number(_)
                | Said::Text(_)
                | Said::List(_)
                | Said::Map(_)
                | Said::Other(IgnoredAny) => read.ignored.push(name),
            }
        }
        read
    }
}

impl Definition for RulesDefinition {
    fn may_replace(&self, _before: &Self) -> Result<(), Fixed> {
        Ok(())
    }
}

/// The kind of that name.
fn kind(name: &str) -> Option<IdentifierKind> {
    let name: value::StrDeserializer<'_, value::Error> = name.into_deserializer();
    IdentifierKind::deserialize(name).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn read(row: Value) -> RulesDefinition {
        serde_json::from_value(row).unwrap()
    }

    /// What may stand anywhere.
    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[a-z_]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 6, |inner| {
            let name = prop_oneof![Just("email".to_owned()), "[a-z_]{0,12}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(name, inner, 0..6).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_stands_in_the_row_can_be_read(blocked in anything(), limits in anything(), more in anything()) {
            let rules = read(json!({ "tenant": "*", "blocked": blocked, "limits": limits, "more": more }));
            prop_assert!(rules.ignored().contains(&"more".to_owned()));
        }

        #[test]
        fn a_row_reads_and_writes_back_the_same(
            blocked in prop::collection::btree_set("[a-z@.]{1,20}", 0..5),
            email in any::<u32>(),
        ) {
            let row = json!({ "blocked": blocked, "limits": { "cognito_sub": 1, "email": email } });
            prop_assert_eq!(serde_json::to_value(read(row.clone())).unwrap(), row);
        }
    }

    #[test]
    fn what_is_no_rule_is_named_and_the_rest_holds() {
        let rules = read(json!({
            "tenant": "*", "part": "identifier-rules",
            "version": 2, "changed_by": "a login", "changed_at": "2026-01-15T09:00:00Z", "last_request": "1",
            "blocked": ["c-17", 7],
            "limits": { "emails": 5, "phone": 3, "external": "many", "anonymous": -1 },
            "blokced": ["c-18"],
        }));
        assert_eq!(rules.blocked(), &BTreeSet::from(["c-17".to_owned()]));
        let phones = BTreeMap::from([(IdentifierKind::Phone, 3)]);
        assert_eq!(rules.limits(), Some(&phones));
        let ignored = [
            "blocked",
            "blokced",
            "limits.anonymous",
            "limits.emails",
            "limits.external",
        ];
        assert_eq!(rules.ignored(), ignored);
    }

    #[test]
    fn a_limit_that_is_mistyped_lifts_no_other() {
        let rules = read(json!({ "limits": { "emails": 5 } }));
        assert_eq!(rules.limits(), None);
        let without = read(json!({ "limits": {} }));
        assert_eq!(without.limits(), Some(&BTreeMap::new()));
    }
}
