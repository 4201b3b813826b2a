//! User attributes, whatever type Cognito gave their values.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// `request.userAttributes`: values are texts by contract; `null`, booleans and numbers were seen.
#[derive(Clone, PartialEq, Eq, Default, Serialize)]
pub struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// An attribute's text; `None` where it is absent, null or empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }
}

impl FromIterator<(String, String)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(attributes: I) -> Self {
        Self(attributes.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values =
            Option::<BTreeMap<String, Value>>::deserialize(deserializer)?.unwrap_or_default();
        let text = |(name, value)| match value {
            Value::String(text) => Some((name, text)),
            Value::Bool(flag) => Some((name, flag.to_string())),
            Value::Number(number) => Some((name, number.to_string())),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        };
        Ok(Self(values.into_iter().filter_map(text).collect()))
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
