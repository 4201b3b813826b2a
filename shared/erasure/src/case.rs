//! By what operators call the case in which they ask for an erasure.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest one, in characters.
const LONGEST: usize = 64;

/// What operators call a case: up to 64 letters, digits and `.`, `_`, `-`, `/`, `#` and `:`. It stays on
/// record once the person is gone, so that there is no room in it for a name or an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Case(String);

/// A text that names no case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case is called by 1 to 64 letters, digits and . _ - / # :")]
pub struct InvalidCase;

impl FromStr for Case {
    type Err = InvalidCase;

    fn from_str(text: &str) -> Result<Self, InvalidCase> {
        let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/#:".contains(&byte);
        if (1..=LONGEST).contains(&text.len()) && text.bytes().all(is_known) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCase)
        }
    }
}

impl TryFrom<String> for Case {
    type Error = InvalidCase;

    fn try_from(text: String) -> Result<Self, InvalidCase> {
        text.parse()
    }
}

impl From<Case> for String {
    fn from(case: Case) -> Self {
        case.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_a_reference_and_leaves_no_room_for_a_person() {
        for text in ["C-17", "desk/2026#0042", &"x".repeat(LONGEST)] {
            let case: Case = text.parse().unwrap();
            assert_eq!(serde_json::to_value(&case).unwrap(), text);
        }
        for text in [
            "",
            "Jane Doe",
            "jane@example.com",
            "C\u{e9}",
            &"x".repeat(LONGEST + 1),
        ] {
            assert_eq!(text.parse::<Case>(), Err(InvalidCase), "{text}");
        }
    }
}
