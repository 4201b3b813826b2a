//! Keys by which what SDKs send is known for a partner's.

use std::{
    fmt::{self, Write as _},
    str::FromStr,
    sync::Arc,
};

use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{PartnerId, TenantId};

const PREFIX: &str = "wky_";

/// How many characters of a key are shown when it is listed: of its 64 digits, 8.
const SHOWN: usize = "wk_".len() + 8;

/// A write key: `wk_` and 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteKey(Redacted<String>);

impl WriteKey {
    /// The key as its partner is told it, once.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What it begins with, by which people tell keys apart.
    #[must_use]
    pub fn beginning(&self) -> String {
        self.expose().chars().take(SHOWN).collect()
    }
}

/// Makes write keys: 32 bytes that nobody guesses.
#[derive(Clone)]
pub struct WriteKeySource(Arc<dyn Fn() -> Option<[u8; 32]> + Send + Sync>);

impl WriteKeySource {
    /// Keys of the operating system's randomness.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(|| {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).ok()?;
            Some(bytes)
        })
    }

    /// Keys of the bytes that `random` makes, if it can.
    pub fn from_fn(random: impl Fn() -> Option<[u8; 32]> + Send + Sync + 'static) -> Self {
        Self(Arc::new(random))
    }

    /// The next key; `None` if there is no randomness to be had.
    #[must_use]
    pub fn make(&self) -> Option<WriteKey> {
        let bytes = (self.0)()?;
        Some(WriteKey(Redacted::new(hex("wk_", &bytes))))
    }
}

impl fmt::Debug for WriteKeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WriteKeySource")
    }
}

/// `wky_` and 32 hexadecimal digits: what a write key is called, which is no secret. It follows from the
/// request that asks for it, so that a repetition finds what an earlier run made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WriteKeyId(String);

/// A text that is no id of a write key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id of a write key is wky_ followed by 32 hexadecimal digits")]
pub struct InvalidWriteKeyId;

impl WriteKeyId {
    /// The id of the key that the request `request_id` asks for.
    #[must_use]
    pub fn of(tenant: &TenantId, partner: &PartnerId, request_id: &str) -> Self {
        // Names have no such sign, and the request's id comes last.
        let digest = Sha256::digest(format!("{tenant}#{partner}#{request_id}"));
        let half: Vec<u8> = digest.iter().take(16).copied().collect();
        Self(hex(PREFIX, &half))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WriteKeyId {
    type Err = InvalidWriteKeyId;

    fn from_str(text: &str) -> Result<Self, InvalidWriteKeyId> {
        let digits = text.strip_prefix(PREFIX).ok_or(InvalidWriteKeyId)?;
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (digits.len() == 32 && digits.bytes().all(is_digit))
            .then(|| Self(text.to_owned()))
            .ok_or(InvalidWriteKeyId)
    }
}

impl TryFrom<String> for WriteKeyId {
    type Error = InvalidWriteKeyId;

    fn try_from(text: String) -> Result<Self, InvalidWriteKeyId> {
        text.parse()
    }
}

impl From<WriteKeyId> for String {
    fn from(id: WriteKeyId) -> Self {
        id.0
    }
}

impl fmt::Display for WriteKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a write key opens anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteKeyState {
    /// What comes with it is the partner's.
    Active,
    /// It is nobody's any more; its row stays, to tell by whom and when.
    Revoked,
}

impl WriteKeyState {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Active, Self::Revoked];

    /// Its name, as in the directory.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Revoked => "revoked",
        }
    }
}

/// `prefix` and `bytes` in hexadecimal digits.
fn hex(prefix: &str, bytes: &[u8]) -> String {
    bytes.iter().fold(prefix.to_owned(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_beginning_and_shows_itself_to_nobody() {
        let source = WriteKeySource::from_fn(|| Some([0xab; 32]));
        let key = source.make().unwrap();
        assert_eq!(key.expose(), format!("wk_{}", "ab".repeat(32)));
        assert_eq!(key.beginning(), "wk_abababab");
        assert!(!format!("{key:?} {source:?}").contains("abab"));
        assert!(WriteKeySource::from_fn(|| None).make().is_none());
    }

    #[test]
    fn no_two_keys_are_the_same() {
        let source = WriteKeySource::system();
        assert_ne!(source.make(), source.make());
    }

    #[test]
    fn one_request_asks_for_one_key() {
        let tenant: TenantId = "harbour".parse().unwrap();
        let [chandlery, ferry]: [PartnerId; 2] =
            ["chandlery", "ferry-line"].map(|name| name.parse().unwrap());
        let id = WriteKeyId::of(&tenant, &chandlery, "request-1");
        assert_eq!(id, WriteKeyId::of(&tenant, &chandlery, "request-1"));
        assert_ne!(id, WriteKeyId::of(&tenant, &chandlery, "request-2"));
        assert_ne!(id, WriteKeyId::of(&tenant, &ferry, "request-1"));
        assert_eq!(id.to_string().parse::<WriteKeyId>(), Ok(id));
        assert_eq!("wky_1".parse::<WriteKeyId>(), Err(InvalidWriteKeyId));
    }

    #[test]
    fn every_state_is_written_as_it_is_called() {
        for state in WriteKeyState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
