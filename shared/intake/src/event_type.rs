//! What types of events a tenant takes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use tenancy::PartnerId;

use crate::{InvalidSchema, Schema};

/// How the part of a type begins in the directory.
pub(crate) const EVENT_TYPE_PREFIX: &str = "event-type#";

/// A type that partners may send: row `<tenant>`, `event-type#<type>` of the directory.
#[derive(Debug, Deserialize)]
#[serde(try_from = "EventTypeItem")]
pub struct EventType {
    /// What its data is.
    pub schema: Schema,
    /// How often it was changed.
    pub revision: u32,
}

#[derive(Deserialize)]
struct EventTypeItem {
    schema: String,
    revision: u32,
}

impl TryFrom<EventTypeItem> for EventType {
    type Error = InvalidSchema;

    fn try_from(item: EventTypeItem) -> Result<Self, InvalidSchema> {
        Ok(Self {
            schema: Schema::compile(&item.schema)?,
            revision: item.revision,
        })
    }
}

/// The part of the type `kind`.
pub(crate) fn part(kind: &str) -> String {
    format!("{EVENT_TYPE_PREFIX}{kind}")
}

/// A type's row as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredType {
    /// The schema of the type's data.
    pub schema: String,
    /// How often it was changed.
    pub revision: u32,
    /// By whom it was registered: `partner/<partner>`, or an operator.
    pub registered_by: String,
    /// Since which revision nothing was refused that was taken before: always the first.
    pub compatible_since: u32,
}

/// Who registers a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registrar {
    /// A partner, which changes its own types alone.
    Partner(PartnerId),
    /// An operator of the tenant, who changes all of them.
    Operator,
}

impl Registrar {
    /// How the row says who registered it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Partner(partner) => format!("partner/{partner}"),
            Self::Operator => "operator".to_owned(),
        }
    }

    /// Whether the type as it stands is theirs to change.
    pub(crate) fn may_change(&self, standing: &RegisteredType) -> bool {
        *self == Self::Operator || standing.registered_by == self.name()
    }
}

/// A type on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedType {
    /// The type.
    pub name: EventTypeName,
    /// How often it was changed.
    pub revision: u32,
    /// By whom it was registered.
    pub registered_by: String,
}

/// A name that a partner may give to a type: `com.example.order.placed.v1`.
#[derive(Debug, Clone, PartialEq, Eq)]
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
