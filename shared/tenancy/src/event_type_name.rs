//! What partners may call their types of events.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A name that a partner may give to a type: `com.example.order.placed.v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventTypeName(String);

/// A text that is no such name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a type has 1 to 128 letters, digits, dots, hyphens and underscores, and ends with .v and a number"
)]
pub struct InvalidEventTypeName;

impl EventTypeName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EventTypeName {
    type Err = InvalidEventTypeName;

    fn from_str(text: &str) -> Result<Self, InvalidEventTypeName> {
        let is_text = (1..=128).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
        let version = text.rsplit_once(".v").map(|(_, version)| version);
        let is_versioned = version.is_some_and(|version| {
            (1..=4).contains(&version.len())
                && !version.starts_with('0')
                && version.bytes().all(|byte| byte.is_ascii_digit())
        });
        if is_text && is_versioned && !text.starts_with("dev.fairlead") {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidEventTypeName)
        }
    }
}

impl TryFrom<String> for EventTypeName {
    type Error = InvalidEventTypeName;

    fn try_from(text: String) -> Result<Self, InvalidEventTypeName> {
        text.parse()
    }
}

impl From<EventTypeName> for String {
    fn from(name: EventTypeName) -> Self {
        name.0
    }
}

impl fmt::Display for EventTypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_its_version_and_is_not_one_of_ours() {
        let is_name = |text: &str| text.parse::<EventTypeName>().is_ok();
        assert!(is_name("com.example.order.placed.v1") && is_name("a.v12"));
        for text in [
            "",
            "com.example.placed",
            "a.v0",
            "a.v",
            "a b.v1",
            "dev.fairlead.a.v1",
            "a#b.v1",
        ] {
            assert!(!is_name(text), "{text}");
        }
    }
}
