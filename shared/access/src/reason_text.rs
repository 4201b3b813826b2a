//! What a caller says about the one read.

use std::str::FromStr;

use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};

/// What the caller gives as the reason of this read, in `Fairlead-Reason`. It may hold the number of
/// an order or of a case, and is never printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReasonText(Redacted<String>);

/// A text that is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reason has 1 to 128 printable characters")]
pub struct InvalidReasonText;

impl ReasonText {
    /// The text, for the table and for the person.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl FromStr for ReasonText {
    type Err = InvalidReasonText;

    fn from_str(text: &str) -> Result<Self, InvalidReasonText> {
        let text = text.trim();
        let well_formed =
            (1..=128).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if well_formed {
            Ok(Self(Redacted::new(text.to_owned())))
        } else {
            Err(InvalidReasonText)
        }
    }
}

impl TryFrom<String> for ReasonText {
    type Error = InvalidReasonText;

    fn try_from(text: String) -> Result<Self, InvalidReasonText> {
        text.parse()
    }
}

impl From<ReasonText> for String {
    fn from(text: ReasonText) -> Self {
        text.0.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_reason_is_refused_and_no_reason_is_printed() {
        for text in ["", "   ", "a\u{7}b", &"x".repeat(129)] {
            assert_eq!(
                text.parse::<ReasonText>(),
                Err(InvalidReasonText),
                "{text:?}"
            );
        }
        let reason: ReasonText = " order 4711 ".parse().unwrap();
        assert_eq!(reason.expose(), "order 4711");
        assert!(!format!("{reason:?}").contains("4711"));
    }
}
