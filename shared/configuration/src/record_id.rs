//! Ids of records in Salesforce.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What the last three characters of an id of 18 are made of.
const CHECKS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// The id of a record, in its form of 18 characters, which also tools that know no case keep apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordId(String);

/// A text that is no id of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no id of a record in Salesforce")]
pub struct InvalidRecordId;

impl RecordId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RecordId {
    type Err = InvalidRecordId;

    /// Reads an id of 15 or 18 characters. Of the latter the first 15 count: they say all, and the rest
    /// follows from them.
    fn from_str(text: &str) -> Result<Self, InvalidRecordId> {
        if !matches!(text.len(), 15 | 18) || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(InvalidRecordId);
        }
        let id = text.get(..15).ok_or(InvalidRecordId)?;
        Ok(Self(format!("{id}{}", checks(id))))
    }
}

/// One character for each five, which says where upper-case letters are
/// (<https://help.salesforce.com/s/articleView?id=000385585>).
fn checks(id: &str) -> String {
    let chunks = id.as_bytes().chunks(5);
    let check = |chunk: &[u8]| {
        let upper = chunk.iter().enumerate();
        let upper = upper.filter(|(_, byte)| byte.is_ascii_uppercase());
        let place = upper.fold(0_usize, |sum, (place, _)| sum | (1 << place));
        CHECKS.get(place).copied().map_or('A', char::from)
    };
    chunks.map(check).collect()
}

impl TryFrom<String> for RecordId {
    type Error = InvalidRecordId;

    fn try_from(text: String) -> Result<Self, InvalidRecordId> {
        text.parse()
    }
}

impl From<RecordId> for String {
    fn from(id: RecordId) -> Self {
        id.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("0015f00002J9YYE", "0015f00002J9YYEAA3")]
    #[case("0055f000005mc66", "0055f000005mc66AAA")]
    fn an_id_of_15_characters_is_the_one_of_18(#[case] short: &str, #[case] long: &str) {
        let id: RecordId = short.parse().unwrap();
        assert_eq!(id.as_str(), long);
        assert_eq!(long.parse(), Ok(id));
    }

    #[rstest]
    #[case("")]
    #[case("0015f00002J9YY")]
    #[case("0015f00002J9YYEA")]
    #[case("0015f00002J9YY#")]
    #[case("0015f00002J9YYé")]
    #[case("001*")]
    fn what_is_no_id_is_refused(#[case] text: &str) {
        assert_eq!(text.parse::<RecordId>(), Err(InvalidRecordId));
    }

    proptest! {
        #[test]
        fn the_id_of_an_id_is_itself(text in "[A-Za-z0-9]{15}") {
            let id: RecordId = text.parse().unwrap();
            prop_assert_eq!(id.as_str().parse(), Ok(id.clone()));
            prop_assert!(id.as_str().starts_with(&text));
        }

        #[test]
        fn ids_that_differ_in_case_alone_differ_without_it_too(text in "[A-Za-z]{15}") {
            let swapped: String = text
                .chars()
                .map(|c| if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() })
                .collect();
            let [one, other]: [RecordId; 2] = [text.parse().unwrap(), swapped.parse().unwrap()];
            prop_assert_ne!(one.as_str().to_lowercase(), other.as_str().to_lowercase());
        }
    }
}
