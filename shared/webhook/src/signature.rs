//! Signing and checking.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::{SignedDuration, Timestamp};
use ring::{
    hmac,
    signature::{ED25519, UnparsedPublicKey},
};
use subtle::ConstantTimeEq as _;

use crate::{PublicKey, Secret, SigningKey};

/// How far a sender's clock may be off.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// A message has as many signatures as its sender has keys; checking each costs.
const MOST_SIGNATURES: usize = 16;

const LONGEST_ID: usize = 256;

/// What a message is signed with.
#[derive(Debug, Clone)]
pub enum Signer {
    /// A secret: `v1`.
    Secret(Secret),
    /// A signing key: `v1a`.
    Key(SigningKey),
}

/// What a message is checked with.
#[derive(Debug, Clone)]
pub enum Checker {
    /// A secret: `v1`.
    Secret(Secret),
    /// A public key: `v1a`.
    Key(PublicKey),
}

/// The headers of a signed message, besides its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// `webhook-id`: the same whenever the message is sent.
    pub id: String,
    /// `webhook-timestamp`: when it is sent, in seconds.
    pub timestamp: String,
    /// `webhook-signature`: one for each key.
    pub signature: String,
}

impl Signed {
    /// The headers with their names.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, &str); 3] {
        [
            ("webhook-id", self.id.as_str()),
            ("webhook-timestamp", self.timestamp.as_str()),
            ("webhook-signature", self.signature.as_str()),
        ]
    }

    /// Takes the headers of a request, each of which `header` gives by its name in lower case.
    pub fn from_headers<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Unverified> {
        let take = |name: &'static str| {
            header(name)
                .map(str::to_owned)
                .ok_or(Unverified::Missing(name))
        };
        Ok(Self {
            id: take("webhook-id")?,
            timestamp: take("webhook-timestamp")?,
            signature: take("webhook-signature")?,
        })
    }
}

/// A message that was signed by who has the key, lately. That it comes once only is the store's to
/// see to, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified<'a> {
    /// Its id.
    pub id: &'a str,
    /// When it was sent; another time whenever it is.
    pub sent_at: Timestamp,
}

/// An id that can't be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a message's id has 1 to 256 visible ASCII characters and no full stop")]
pub struct InvalidId;

/// Why a message is not taken for its sender's. Whoever sent it is told no more than the headers
/// that are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// It lacks a header.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Its id can't have been signed: what is signed could be read in two ways.
    #[error("webhook-id is none")]
    Id,
    /// Its time is no number of seconds.
    #[error("webhook-timestamp is none")]
    Timestamp,
    /// It was sent more than five minutes ago.
    #[error("the message is too old")]
    TooOld,
    /// It was sent more than five minutes from now.
    #[error("the message comes from the future")]
    TooNew,
    /// No signature is of any key.
    #[error("no signature matches")]
    NoMatch,
}

/// Signs a message with each of the keys.
pub fn sign(
    signers: &[Signer],
    id: &str,
    sent_at: Timestamp,
    body: &[u8],
) -> Result<Signed, InvalidId> {
    if !is_id(id) {
        return Err(InvalidId);
    }
    let timestamp = sent_at.as_second().to_string();
    let signatures = signers.iter().map(|signer| match signer {
        Signer::Secret(secret) => {
            let tag = tag(secret, id, &timestamp, body);
            format!("v1,{}", BASE64_STANDARD.encode(tag))
        }
        Signer::Key(key) => {
            let signature = key.pair().sign(&whole(id, &timestamp, body));
            format!("v1a,{}", BASE64_STANDARD.encode(signature))
        }
    });
    let signature = signatures.collect::<Vec<_>>().join(" ");
    Ok(Signed {
        id: id.to_owned(),
        timestamp,
        signature,
    })
}

/// Checks that one of the signatures is of one of the keys, over the body as it came, byte for byte.
pub fn verify<'a>(
    checkers: &[Checker],
    signed: &'a Signed,
    body: &[u8],
    now: Timestamp,
) -> Result<Verified<'a>, Unverified> {
    let Signed {
        id,
        timestamp,
        signature,
    } = signed;
    if !is_id(id) {
        return Err(Unverified::Id);
    }
    let sent_at = seconds(timestamp).ok_or(Unverified::Timestamp)?;
    let age = now.duration_since(sent_at);
    if age > TOLERANCE {
        return Err(Unverified::TooOld);
    }
    if age < -TOLERANCE {
        return Err(Unverified::TooNew);
    }
    let mut symmetric: Vec<Vec<u8>> = Vec::new();
    let mut asymmetric: Vec<Vec<u8>> = Vec::new();
    for each in signature.split(' ').take(MOST_SIGNATURES) {
        match each.split_once(',') {
            Some(("v1", encoded)) => symmetric.extend(BASE64_STANDARD.decode(encoded)),
            Some(("v1a", encoded)) => asymmetric.extend(BASE64_STANDARD.decode(encoded)),
            _ => (),
        }
    }
    let is_signed = checkers.iter().any(|checker| match checker {
        Checker::Secret(secret) => {
            let tag = tag(secret, id, timestamp, body);
            symmetric
                .iter()
                .any(|sent| bool::from(tag.as_ref().ct_eq(sent)))
        }
        Checker::Key(key) => {
            let key = UnparsedPublicKey::new(&ED25519, key.bytes());
            !asymmetric.is_empty() && {
                let message = whole(id, timestamp, body);
                asymmetric
                    .iter()
                    .any(|sent| key.verify(&message, sent).is_ok())
            }
        }
    });
    if is_signed {
        Ok(Verified { id, sent_at })
    } else {
        Err(Unverified::NoMatch)
    }
}

/// A full stop in an id would let what is signed be read with another id and time.
fn is_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'.')
}

fn seconds(text: &str) -> Option<Timestamp> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds: i64 = text.parse().ok().filter(|_| is_number)?;
    Timestamp::from_second(seconds).ok()
}

/// A body is signed where it stands.
fn tag(secret: &Secret, id: &str, timestamp: &str, body: &[u8]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(secret.key());
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        context.update(part);
    }
    context.sign()
}

/// What ed25519 signs has to be in one piece.
fn whole(id: &str, timestamp: &str, body: &[u8]) -> Vec<u8> {
    [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat()
}
