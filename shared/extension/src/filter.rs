//! Which events are wanted, by the syntax of EventBridge's patterns, over the whole `CloudEvent`.
//!
//! Shape and meaning are those of
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>: a field is
//! compared with a list of values and operators of which one has to fit, and all fields have to; `$or` has
//! alternatives. A list in an event fits if one of its members does. Of the operators, `cidr` is not there.

mod parsing;
mod test;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;

use self::test::Test;

/// As many bytes as a filter has as JSON.
const LONGEST_FILTER: usize = 4 * 1024;

/// A filter that was read. It is kept as the pattern that it was read from.
#[derive(Debug, Clone)]
pub struct Filter {
    pattern: Value,
    fields: Fields,
}

/// A pattern that is none, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct InvalidFilter {
    place: String,
    problem: String,
}

impl InvalidFilter {
    /// Where, beginning with a dot, below the filter; empty, if it is the whole.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }
}

/// Fields that have to fit, all of them; and alternatives of which one has to, in each group.
#[derive(Debug, Clone, Default)]
struct Fields {
    all: Vec<(String, Rule)>,
    one_of: Option<Vec<Fields>>,
}

#[derive(Debug, Clone)]
enum Rule {
    Below(Fields),
    Any(Vec<Test>),
}

impl Filter {
    /// Reads a pattern.
    pub fn parse(pattern: &Value) -> Result<Self, InvalidFilter> {
        let bytes = pattern.to_string().len();
        if bytes > LONGEST_FILTER {
            return Err(InvalidFilter {
                place: String::new(),
                problem: format!("it has {bytes} bytes as JSON; make it {LONGEST_FILTER} at most"),
            });
        }
        Ok(Self {
            fields: parsing::fields(pattern, "", 0)?,
            pattern: pattern.clone(),
        })
    }

    /// Whether an event is wanted: a `CloudEvent` in the structured form.
    #[must_use]
    pub fn matches(&self, event: &Value) -> bool {
        self.fields.fit(event)
    }
}

impl Fields {
    fn fit(&self, value: &Value) -> bool {
        self.all
            .iter()
            .all(|(name, rule)| rule.fits(value.get(name)))
            && self
                .one_of
                .as_ref()
                .is_none_or(|alternatives| alternatives.iter().any(|fields| fields.fit(value)))
    }
}

impl Rule {
    fn fits(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            // What is absent below something absent is absent.
            (Self::Below(fields), None) => fields.fit(&Value::Null),
            (Self::Below(fields), Some(Value::Array(members))) => {
                members.iter().any(|member| self.fits(Some(member)))
                    || (members.is_empty() && fields.fit(&Value::Null))
            }
            (Self::Below(fields), Some(value)) => fields.fit(value),
            (Self::Any(tests), value) => {
                let mut leaves = Vec::new();
                if let Some(value) = value {
                    collect(value, &mut leaves);
                }
                tests.iter().any(|test| test.fits_any(&leaves))
            }
        }
    }
}

/// The values in a list, or the value itself. What has fields of its own is no value.
fn collect<'a>(value: &'a Value, leaves: &mut Vec<&'a Value>) {
    match value {
        Value::Array(members) => members.iter().for_each(|member| collect(member, leaves)),
        Value::Object(_) => (),
        leaf => leaves.push(leaf),
    }
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern
    }
}

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.pattern.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
