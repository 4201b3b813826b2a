//! The id of an erasure.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::key::hex;

const PREFIX: &str = "era_";

/// `era_` and 128 random bits in hexadecimal digits. Whoever has it may see how far the erasure is:
/// the person has no other way to ask any more, so it must be beyond guessing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ErasureId(String);

/// A text that is no id of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id of an erasure is era_ followed by 32 hexadecimal digits")]
pub struct InvalidErasureId;

impl ErasureId {
    /// The id made of fresh random bytes.
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        Self(format!("{PREFIX}{}", hex(&random)))
    }

    /// The id as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ErasureId {
    type Err = InvalidErasureId;

    fn from_str(text: &str) -> Result<Self, InvalidErasureId> {
        let digits = text.strip_prefix(PREFIX).ok_or(InvalidErasureId)?;
        // One spelling only: the id is a key.
        let is_hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() == 32 && digits.bytes().all(is_hex) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidErasureId)
        }
    }
}

impl fmt::Display for ErasureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ErasureId {
    type Error = InvalidErasureId;

    fn try_from(text: String) -> Result<Self, InvalidErasureId> {
        text.parse()
    }
}

impl From<ErasureId> for String {
    fn from(id: ErasureId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_reads_back_from_its_text(random in any::<[u8; 16]>()) {
            let id = ErasureId::new(random);
            prop_assert_eq!(id.to_string().parse::<ErasureId>(), Ok(id.clone()));
            let other = id.to_string().replace("era_", "prf_");
            prop_assert_eq!(other.parse::<ErasureId>(), Err(InvalidErasureId));
        }
    }
}
