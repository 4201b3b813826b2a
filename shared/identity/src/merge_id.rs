//! The id of a merge.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

const PREFIX: &str = "mrg_";

/// `mrg_` and a `UUIDv7` in its simple form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MergeId(Uuid);

/// A text that is no id of a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id of a merge is mrg_ followed by 32 hexadecimal digits")]
pub struct InvalidMergeId;

impl MergeId {
    /// The id made of a fresh `UUIDv7`.
    #[must_use]
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl FromStr for MergeId {
    type Err = InvalidMergeId;

    fn from_str(text: &str) -> Result<Self, InvalidMergeId> {
        let digits = text.strip_prefix(PREFIX).ok_or(InvalidMergeId)?;
        // One spelling only: the id is a key.
        let is_simple = digits.len() == 32
            && digits
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let uuid = Uuid::try_parse(digits).map_err(|_| InvalidMergeId)?;
        if is_simple {
            Ok(Self(uuid))
        } else {
            Err(InvalidMergeId)
        }
    }
}

impl fmt::Display for MergeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.0.simple())
    }
}

impl TryFrom<String> for MergeId {
    type Error = InvalidMergeId;

    fn try_from(text: String) -> Result<Self, InvalidMergeId> {
        text.parse()
    }
}

impl From<MergeId> for String {
    fn from(id: MergeId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_reads_back_from_its_text(bits in any::<u128>()) {
            let id = MergeId::new(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<MergeId>(), Ok(id));
            prop_assert_eq!(id.to_string().replace("mrg_", "prf_").parse::<MergeId>(), Err(InvalidMergeId));
        }
    }
}
