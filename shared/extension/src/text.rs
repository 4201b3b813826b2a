//! Short texts that tenants' developers choose.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A text that can't be what it is meant to be: the message says what can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidText(&'static str);

macro_rules! text {
    ($(#[$doc:meta])* $type:ident, $is_allowed:expr, $rule:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = InvalidText;

            fn from_str(text: &str) -> Result<Self, InvalidText> {
                let is_allowed: fn(&str) -> bool = $is_allowed;
                if is_allowed(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidText($rule))
                }
            }
        }

        impl TryFrom<String> for $type {
            type Error = InvalidText;

            fn try_from(text: String) -> Result<Self, InvalidText> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(text: $type) -> Self {
                text.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text!(
    /// Which state of an extension's code a package is: never given to other bytes again.
    Version,
    |text| {
        (1..=32).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    },
    "a version has 1 to 32 characters out of A-Z, a-z, 0-9, dots, underscores and hyphens"
);

text!(
    /// What an extension tells of a person, by the tenant's own word.
    TraitName,
    |text| {
        (1..=64).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
    },
    "a trait has 1 to 64 characters out of a-z, 0-9, underscores and hyphens, and begins with a letter"
);

text!(
    /// One of Lambda's managed runtimes. Which versions there are is Lambda's to say: they come and go.
    Runtime,
    |text| {
        let digits = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let minor = |text: &str| text.split_once('.').is_some_and(|(a, b)| digits(a) && digits(b));
        let of = |name: &str| text.strip_prefix(name);
        of("python").is_some_and(minor)
            || of("ruby").is_some_and(minor)
            || of("nodejs").is_some_and(|rest| rest.strip_suffix(".x").is_some_and(digits))
            || of("java").is_some_and(digits)
            || of("dotnet").is_some_and(digits)
            || text == "provided.al2023"
    },
    "a runtime is one of Lambda's, such as python3.13, nodejs22.x, ruby3.4, java21, dotnet8 or provided.al2023"
);

text!(
    /// What Lambda calls in the code: `main.handle`.
    Handler,
    |text| (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()),
    "a handler has 1 to 128 visible ASCII characters, such as main.handle"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_safe_in_a_key() {
        for text in ["1", "1.0.0", "2026-11-27_a"] {
            assert!(text.parse::<Version>().is_ok(), "{text}");
        }
        for text in ["", "1#2", "a/b", "1 ", "ä", &"1".repeat(33)] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_runtime_is_of_one_of_lambdas_families() {
        for text in [
            "python3.13",
            "nodejs24.x",
            "java25",
            "ruby3.4",
            "dotnet10",
            "provided.al2023",
        ] {
            assert!(text.parse::<Runtime>().is_ok(), "{text}");
        }
        for text in [
            "",
            "python",
            "python3",
            "nodejs22",
            "nodejs",
            "go1.x",
            "java",
            "provided.al2",
            "rust",
        ] {
            assert!(text.parse::<Runtime>().is_err(), "{text}");
        }
    }
}
