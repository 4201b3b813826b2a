//! Names that operators give: short, lower-case, and safe in a key.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A text that can't be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 64 characters out of a-z, 0-9 and -, and begins with a letter")]
pub struct InvalidName;

fn checked(text: &str) -> Result<String, InvalidName> {
    let well_formed = (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && text.starts_with(|c: char| c.is_ascii_lowercase());
    if well_formed {
        Ok(text.to_owned())
    } else {
        Err(InvalidName)
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                checked(text).map(Self)
            }
        }

        impl TryFrom<String> for $type {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<Self, InvalidName> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> Self {
                name.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// A brand or subsidiary.
    TenantId
);
name!(
    /// A machine client of a tenant.
    PartnerId
);
name!(
    /// What a partner may ask for.
    AgreementId
);
name!(
    /// One of a partner's systems, which sends by itself.
    SourceName
);
name!(
    /// Why data is processed: `newsletter`, `account-notices`.
    Purpose
);
name!(
    /// What a tenant calls some of its people: `regulars`.
    Segment
);
name!(
    /// A tenant's own code, which runs on events: `greeter`.
    ExtensionName
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_safe_in_a_key() {
        assert_eq!(
            "harbour-shop".parse::<TenantId>().map(|t| t.to_string()),
            Ok("harbour-shop".to_owned())
        );
        for text in [
            "",
            "Harbour",
            "a#b",
            "a b",
            "1a",
            "-a",
            "ä",
            &"a".repeat(65),
        ] {
            assert_eq!(text.parse::<TenantId>(), Err(InvalidName), "{text}");
        }
    }
}
