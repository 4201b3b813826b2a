//! The id of a profile.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

const PREFIX: &str = "prf_";

/// `prf_` and a `UUIDv7` in its simple form: ids sort by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProfileId(Uuid);

/// A text that is no profile id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a profile id is prf_ followed by 32 hexadecimal digits")]
pub struct InvalidProfileId;

impl ProfileId {
    /// The id made of a fresh `UUIDv7`.
    #[must_use]
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl FromStr for ProfileId {
    type Err = InvalidProfileId;

    fn from_str(text: &str) -> Result<Self, InvalidProfileId> {
        let digits = text.strip_prefix(PREFIX).ok_or(InvalidProfileId)?;
        // One spelling only: the id is a key.
        let is_simple = digits.len() == 32
            && digits
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let uuid = Uuid::try_parse(digits).map_err(|_| InvalidProfileId)?;
        if is_simple {
            Ok(Self(uuid))
        } else {
            Err(InvalidProfileId)
        }
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.0.simple())
    }
}

impl TryFrom<String> for ProfileId {
    type Error = InvalidProfileId;

    fn try_from(text: String) -> Result<Self, InvalidProfileId> {
        text.parse()
    }
}

impl From<ProfileId> for String {
    fn from(id: ProfileId) -> Self {
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
            let id = ProfileId::new(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<ProfileId>(), Ok(id));
            prop_assert_eq!(id.to_string().to_uppercase().parse::<ProfileId>(), Err(InvalidProfileId));
        }
    }
}
