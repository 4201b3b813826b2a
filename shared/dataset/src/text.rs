//! Names, keys and values.

use std::{fmt, str::FromStr};

use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};

use crate::MAX_BYTES;

/// A text that does not fit where it was meant to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// For a dataset's name.
    #[error("a dataset's name has 1 to 128 characters out of a-z, A-Z, 0-9, _, ., : and -")]
    DatasetName,
    /// For a record's key.
    #[error("a key has 1 to 128 characters, none of them a control character")]
    RecordKey,
    /// For a record's value.
    #[error(
        "a value has at most 1,048,576 bytes in UTF-8, and no control character but tab, line feed and carriage return"
    )]
    RecordValue,
    /// For a device's name.
    #[error("a device's name has 1 to 128 characters, none of them a control character")]
    DeviceName,
}

/// The name of a dataset, as Cognito Sync had them
/// (<https://docs.aws.amazon.com/cognitosync/latest/APIReference/API_Dataset.html>). It is safe in
/// a row's key, which `#` divides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DatasetName(String);

/// The key of a record. Apps may put anything into one: it is treated as personal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordKey(Redacted<String>);

/// The value of a record: any text, which Fairlead never looks into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordValue(Redacted<String>);

/// What a device calls itself: often what its owner is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeviceName(Redacted<String>);

impl DatasetName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! personal {
    ($($type:ident),*) => {$(
        impl $type {
            /// The text itself: for the store and the wire, never for a log.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.expose()
            }
        }

        impl From<$type> for String {
            fn from(text: $type) -> Self {
                text.0.into_inner()
            }
        }
    )*};
}

personal!(RecordKey, RecordValue, DeviceName);

impl From<DatasetName> for String {
    fn from(name: DatasetName) -> Self {
        name.0
    }
}

impl fmt::Display for DatasetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DatasetName {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for DatasetName {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        let well_formed = (1..=128).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_.:-".contains(&b));
        if well_formed {
            Ok(Self(text))
        } else {
            Err(InvalidText::DatasetName)
        }
    }
}

impl TryFrom<String> for RecordKey {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        if is_short_line(&text) {
            Ok(Self(Redacted::new(text)))
        } else {
            Err(InvalidText::RecordKey)
        }
    }
}

impl TryFrom<String> for RecordValue {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        // Other control characters take six bytes each in JSON: a value full of them could be
        // pushed and then not be pulled, since an answer has 6 MB at most.
        let is_plain = !text.contains(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r'));
        if text.len() as u64 <= MAX_BYTES && is_plain {
            Ok(Self(Redacted::new(text)))
        } else {
            Err(InvalidText::RecordValue)
        }
    }
}

impl TryFrom<String> for DeviceName {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, InvalidText> {
        if is_short_line(&text) {
            Ok(Self(Redacted::new(text)))
        } else {
            Err(InvalidText::DeviceName)
        }
    }
}

fn is_short_line(text: &str) -> bool {
    (1..=128).contains(&text.chars().take(129).count()) && !text.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("settings", true)]
    #[case("com.example:game_1-saves", true)]
    #[case("", false)]
    #[case("a b", false)]
    #[case("a#b", false)]
    #[case("a/b", false)]
    #[case("ä", false)]
    fn a_name_is_safe_in_a_row_s_key(#[case] text: &str, #[case] fits: bool) {
        assert_eq!(text.parse::<DatasetName>().is_ok(), fits, "{text}");
    }

    #[test]
    fn lengths_are_counted_in_characters_for_keys_and_in_bytes_for_values() {
        let of = |c: char, n: usize| c.to_string().repeat(n);
        assert!(of('a', 128).parse::<DatasetName>().is_ok());
        assert!(of('a', 129).parse::<DatasetName>().is_err());
        assert!(RecordKey::try_from(of('ä', 128)).is_ok());
        assert!(RecordKey::try_from(of('ä', 129)).is_err());
        assert!(RecordKey::try_from(String::new()).is_err());
        assert!(RecordValue::try_from(of('ä', 524_288)).is_ok());
        assert!(RecordValue::try_from(of('ä', 524_289)).is_err());
        assert!(RecordValue::try_from(String::new()).is_ok());
    }

    #[rstest]
    #[case("a\u{0}b", false)]
    #[case("a\u{1b}b", false)]
    #[case("{\n\t\"a\": 1\r\n}", true)]
    fn a_value_that_could_not_be_answered_is_not_taken(#[case] text: &str, #[case] fits: bool) {
        assert_eq!(RecordValue::try_from(text.to_owned()).is_ok(), fits);
        assert!(RecordKey::try_from(text.to_owned()).is_err());
    }

    #[test]
    fn neither_keys_nor_values_are_printed() {
        let key = RecordKey::try_from("to jane@example.com".to_owned()).unwrap();
        let value = RecordValue::try_from("jane@example.com".to_owned()).unwrap();
        assert!(!format!("{key:?} {value:?}").contains("jane"));
    }
}
