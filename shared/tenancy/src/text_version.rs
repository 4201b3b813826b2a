//! The versions of the texts that people see.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The version of a text that a person saw, as the tenant names its texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TextVersion(String);

/// A text that can't name a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a text version has 1 to 64 letters, digits, dots, hyphens and underscores")]
pub struct InvalidTextVersion;

impl FromStr for TextVersion {
    type Err = InvalidTextVersion;

    fn from_str(text: &str) -> Result<Self, InvalidTextVersion> {
        let well_formed = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b));
        if well_formed {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidTextVersion)
        }
    }
}

impl TryFrom<String> for TextVersion {
    type Error = InvalidTextVersion;

    fn try_from(text: String) -> Result<Self, InvalidTextVersion> {
        text.parse()
    }
}

impl From<TextVersion> for String {
    fn from(version: TextVersion) -> Self {
        version.0
    }
}

impl fmt::Display for TextVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
