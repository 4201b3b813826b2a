//! Keys, as senders and receivers hand them to each other.

use std::{fmt, str::FromStr, sync::Arc};

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_STANDARD,
};
use ring::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair as _},
};

/// Reads what the reference libraries read: with padding and without, whatever the bits are that
/// no byte needs.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// No secret.
    #[error("a secret is whsec_ and the base64 of 16 to 64 bytes")]
    Secret,
    /// No key to sign with.
    #[error(
        "a signing key is whsk_ and the base64 of an ed25519 key: its seed, or seed and public key"
    )]
    SigningKey,
    /// No key to check with.
    #[error("a public key is whpk_ and the base64 of an ed25519 public key")]
    PublicKey,
}

/// What both sides share: `whsec_…`, for signatures `v1`.
#[derive(Clone)]
pub struct Secret {
    bytes: Vec<u8>,
    key: hmac::Key,
}

impl Secret {
    /// The secret of these bytes: 24 at least, if they are made here; some senders have fewer.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidKey> {
        if !(16..=64).contains(&bytes.len()) {
            return Err(InvalidKey::Secret);
        }
        Ok(Self {
            bytes: bytes.to_vec(),
            key: hmac::Key::new(hmac::HMAC_SHA256, bytes),
        })
    }

    /// The secret as it is handed over: never for a log.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("whsec_{}", BASE64_STANDARD.encode(&self.bytes))
    }

    pub(crate) const fn key(&self) -> &hmac::Key {
        &self.key
    }
}

impl FromStr for Secret {
    type Err = InvalidKey;

    /// The prefix may be left out, as the reference libraries allow.
    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let encoded = text.strip_prefix("whsec_").unwrap_or(text);
        let bytes = LENIENT.decode(encoded).map_err(|_| InvalidKey::Secret)?;
        Self::from_bytes(&bytes)
    }
}

/// What a sender alone has: `whsk_…`, for signatures `v1a`.
#[derive(Clone)]
pub struct SigningKey(Arc<Ed25519KeyPair>);

impl SigningKey {
    /// What its receivers check with.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(self.0.public_key().as_ref()) {
            *to = *from;
        }
        PublicKey(bytes)
    }

    pub(crate) fn pair(&self) -> &Ed25519KeyPair {
        &self.0
    }
}

impl FromStr for SigningKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let bytes = decoded(text, "whsk_").ok_or(InvalidKey::SigningKey)?;
        let pair = match bytes.split_at_checked(32) {
            Some((seed, [])) => Ed25519KeyPair::from_seed_unchecked(seed),
            Some((seed, public)) => Ed25519KeyPair::from_seed_and_public_key(seed, public),
            None => return Err(InvalidKey::SigningKey),
        };
        pair.map(|pair| Self(Arc::new(pair)))
            .map_err(|_| InvalidKey::SigningKey)
    }
}

/// What a receiver has of a sender: `whpk_…`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for PublicKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let bytes = decoded(text, "whpk_").ok_or(InvalidKey::PublicKey)?;
        let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| InvalidKey::PublicKey)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "whpk_{}", BASE64_STANDARD.encode(self.0))
    }
}

fn decoded(text: &str, prefix: &str) -> Option<Vec<u8>> {
    LENIENT.decode(text.strip_prefix(prefix)?).ok()
}

macro_rules! redacted {
    ($($type:ident),*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($type), "([redacted])"))
            }
        }
    )*};
}

redacted!(Secret, SigningKey, PublicKey);
