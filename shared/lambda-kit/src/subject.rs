//! The subject line of an e-mail.

use std::{fmt, str::FromStr};

/// The longest one that SNS takes, in characters
/// (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
const LONGEST: usize = 99;

/// A subject line: printable ASCII that begins with a letter or a digit. What would end the line and begin
/// a header of its own gets into none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject(String);

/// A text that is no subject line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a subject is one line of up to 99 printable ASCII characters that begins with a letter or a digit"
)]
pub struct InvalidSubject;

impl Subject {
    /// The subject as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Subject {
    /// What stands there where nothing better can.
    fn default() -> Self {
        Self("Fairlead".to_owned())
    }
}

impl FromStr for Subject {
    type Err = InvalidSubject;

    fn from_str(text: &str) -> Result<Self, InvalidSubject> {
        let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        let is_plain = text.bytes().all(|b| matches!(b, b' '..=b'~'));
        if begins && is_plain && text.len() <= LONGEST {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSubject)
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_printable_ascii_is_a_subject() {
        for text in ["F", "Fairlead: 12 changes, 2 failed", &"x".repeat(99)] {
            assert_eq!(text.parse::<Subject>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_ends_a_line_or_commands_a_terminal_is_no_subject() {
        for text in [
            "Fairlead\r\nBcc: somebody@example.com",
            "Fairlead\nx",
            "Fairlead\rx",
            "Fairlead\tx",
            "Fairlead\u{0}",
            "Fairlead\u{1b}[31m",
            "Fairlead\u{7f}",
            "Fairlead\u{85}x",
            "Fairlead\u{2028}x",
            "Fairlead é",
        ] {
            assert_eq!(text.parse::<Subject>(), Err(InvalidSubject), "{text:?}");
        }
    }

    #[test]
    fn what_stands_where_nothing_better_can_is_a_subject() {
        let default = Subject::default();
        assert_eq!(default.as_str().parse(), Ok(default));
    }

    #[test]
    fn what_is_empty_or_too_long_or_begins_otherwise_is_no_subject() {
        for text in ["", " Fairlead", "=?utf-8?q?x?=", ": x", &"x".repeat(100)] {
            assert_eq!(text.parse::<Subject>(), Err(InvalidSubject), "{text:?}");
        }
    }
}
