//! On which events code can run.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use tenancy::EventTypeName;

/// The platform's events that extensions are given: those that tell a tenant of people that it deals with. What
/// partners owe and what only the platform itself waits for is not among them.
const OF_THE_PLATFORM: [&str; 9] = [
    "dev.fairlead.consent.expired.v1",
    "dev.fairlead.consent.granted.v1",
    "dev.fairlead.consent.withdrawn.v1",
    "dev.fairlead.profile.created.v1",
    "dev.fairlead.profile.identified.v1",
    "dev.fairlead.profile.merged.v1",
    "dev.fairlead.profile.signed-in.v1",
    "dev.fairlead.profile.split.v1",
    "dev.fairlead.profile.updated.v1",
];

/// What precedes the platform's types, and nobody else's.
const PLATFORM: &str = "dev.fairlead";

/// A type of events on which code can run: one of the platform's, or one of the tenant's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WantedType(String);

/// A text that is no such type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWantedType {
    /// It would be one of the platform's, and is none that extensions are given.
    #[error(
        "extensions are not given this event; of the platform's they can have {}",
        OF_THE_PLATFORM.join(", ")
    )]
    Platform,
    /// No type at all.
    #[error(transparent)]
    Own(#[from] tenancy::InvalidEventTypeName),
}

impl WantedType {
    /// The type as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is one of the platform's, all of which are about people.
    #[must_use]
    pub fn is_of_the_platform(&self) -> bool {
        self.0.starts_with(PLATFORM)
    }
}

impl FromStr for WantedType {
    type Err = InvalidWantedType;

    fn from_str(text: &str) -> Result<Self, InvalidWantedType> {
        if OF_THE_PLATFORM.contains(&text) {
            Ok(Self(text.to_owned()))
        } else if text.starts_with(PLATFORM) {
            Err(InvalidWantedType::Platform)
        } else {
            Ok(Self(text.parse::<EventTypeName>()?.into()))
        }
    }
}

impl TryFrom<String> for WantedType {
    type Error = InvalidWantedType;

    fn try_from(text: String) -> Result<Self, InvalidWantedType> {
        text.parse()
    }
}

impl From<WantedType> for String {
    fn from(wanted: WantedType) -> Self {
        wanted.0
    }
}

impl fmt::Display for WantedType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_event_of_the_platforms_is_in_the_catalogue() {
        let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
        for name in OF_THE_PLATFORM {
            assert!(catalogue.join(name).join("schema.json").exists(), "{name}");
        }
    }

    #[test]
    fn ones_own_types_and_those_that_are_told_of_people_are_wanted() {
        assert!("com.acme.order.placed.v1".parse::<WantedType>().is_ok());
        assert!(
            "dev.fairlead.profile.updated.v1"
                .parse::<WantedType>()
                .is_ok()
        );
        for text in [
            "",
            "order",
            "dev.fairlead.erasure.told.v1",
            "dev.fairlead.profile.updated",
        ] {
            assert!(text.parse::<WantedType>().is_err(), "{text}");
        }
    }
}
