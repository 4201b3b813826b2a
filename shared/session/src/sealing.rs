//! What a browser keeps for us and can neither read nor change.

use std::{fmt, str::FromStr};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use crate::{NoRandomness, Randomness};

/// What something is sealed for. Nothing that was sealed for one use opens for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// A session.
    Session,
    /// A sign-in that is under way.
    SignIn,
}

impl Use {
    const fn about(self) -> &'static [u8] {
        match self {
            Self::Session => b"fairlead/session/1",
            Self::SignIn => b"fairlead/sign-in/1",
        }
    }
}

/// A key of AES-256-GCM.
#[derive(Clone)]
pub struct Key([u8; 32]);

/// It is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key is a secret of at least 43 random characters")]
pub struct InvalidKey;

/// Letters and digits of that number have more than 256 bits of randomness.
const SHORTEST: usize = 43;

impl FromStr for Key {
    type Err = InvalidKey;

    /// The key that follows from a secret as Secrets Manager makes them.
    fn from_str(secret: &str) -> Result<Self, InvalidKey> {
        if secret.len() < SHORTEST {
            return Err(InvalidKey);
        }
        let digest = Sha256::new_with_prefix("fairlead/session-key/1").chain_update(secret);
        Ok(Self(digest.finalize().into()))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key([redacted])")
    }
}

/// The key that seals, and all that open: the key before it still does, so that nobody is signed out by
/// its rotation.
#[derive(Debug, Clone)]
pub struct Keys {
    current: Key,
    previous: Option<Key>,
}

/// It can't be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsealable {
    /// For want of a nonce.
    #[error(transparent)]
    NoNonce(#[from] NoRandomness),
    /// It has no form in which it could be written.
    #[error("this can't be sealed")]
    Unwritable,
}

/// What does not open: it was not sealed by us, not for this use, or under a key that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this was not sealed here, or under a key that is gone")]
pub struct Unopened;

impl Keys {
    /// These keys.
    #[must_use]
    pub const fn new(current: Key, previous: Option<Key>) -> Self {
        Self { current, previous }
    }

    /// `value` as a text that this house alone can read. Each has a nonce of its own out of 96 random
    /// bits, which is far from repeating itself before a key is changed (NIST SP 800-38D, section 8.3).
    pub fn seal<T: Serialize>(
        &self,
        purpose: Use,
        value: &T,
        random: &Randomness,
    ) -> Result<String, Unsealable> {
        let random = random.bytes()?;
        let nonce: [u8; NONCE_LEN] = *random.first_chunk().ok_or(NoRandomness)?;
        let mut sealed = serde_json::to_vec(value).map_err(|_| Unsealable::Unwritable)?;
        let key = self.current.ready().ok_or(Unsealable::Unwritable)?;
        let about = Aad::from(purpose.about());
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), about, &mut sealed)
            .map_err(|_| Unsealable::Unwritable)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What was sealed.
    pub fn open<T: DeserializeOwned>(&self, purpose: Use, text: &str) -> Result<T, Unopened> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| Unopened)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>().ok_or(Unopened)?;
        let keys = [Some(&self.current), self.previous.as_ref()];
        let opened = keys.into_iter().flatten().find_map(|key| {
            let mut sealed = sealed.to_vec();
            let about = Aad::from(purpose.about());
            let nonce = Nonce::assume_unique_for_key(*nonce);
            let opened = key.ready()?.open_in_place(nonce, about, &mut sealed);
            opened.ok().map(|opened| opened.to_vec())
        });
        serde_json::from_slice(&opened.ok_or(Unopened)?).map_err(|_| Unopened)
    }
}

impl Key {
    fn ready(&self) -> Option<LessSafeKey> {
        UnboundKey::new(&AES_256_GCM, &self.0)
            .ok()
            .map(LessSafeKey::new)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(byte: u8) -> Key {
        char::from(byte).to_string().repeat(64).parse().unwrap()
    }

    fn keys(current: u8, previous: Option<u8>) -> Keys {
        Keys::new(key(current), previous.map(key))
    }

    fn random(byte: u8) -> Randomness {
        Randomness::from_fn(move || Some([byte; 32]))
    }

    fn sealed(text: &str) -> String {
        let sealed = keys(1, None).seal(Use::Session, &text, &random(7));
        sealed.unwrap()
    }

    #[test]
    fn what_was_sealed_opens_under_the_key_and_under_the_next_one() {
        let text = sealed("tokens");
        for keys in [keys(1, None), keys(2, Some(1))] {
            let opened: String = keys.open(Use::Session, &text).unwrap();
            assert_eq!(opened, "tokens");
        }
    }

    #[test]
    fn it_opens_under_no_other_key_and_for_no_other_use() {
        let text = sealed("tokens");
        let opened = keys(3, Some(2)).open::<String>(Use::Session, &text);
        assert_eq!(opened, Err(Unopened));
        let opened = keys(1, None).open::<String>(Use::SignIn, &text);
        assert_eq!(opened, Err(Unopened));
    }

    #[test]
    fn the_same_sealed_twice_does_not_look_the_same() {
        let one = keys(1, None).seal(Use::Session, &"a", &random(7)).unwrap();
        let other = keys(1, None).seal(Use::Session, &"a", &random(8)).unwrap();
        assert_ne!(one, other);
    }

    #[test]
    fn no_key_is_printed() {
        let printed = format!("{:?}", keys(b'a', Some(b'b')));
        assert_eq!(printed.matches("[redacted]").count(), 2, "{printed}");
        assert!(printed.len() < 100, "{printed}");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "short", &"a".repeat(42)] {
            assert_eq!(text.parse::<Key>().map(|_| ()), Err(InvalidKey));
        }
    }

    proptest! {
        #[test]
        fn whatever_is_changed_in_it_it_opens_no_longer(at in 0_usize..40, bit in 0_u8..8) {
            let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed("tokens")).unwrap();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            let text = BASE64_URL_SAFE_NO_PAD.encode(bytes);
            prop_assert_eq!(keys(1, None).open::<String>(Use::Session, &text), Err(Unopened));
        }

        #[test]
        fn whatever_a_browser_makes_up_does_not_open(text in ".{0,200}") {
            prop_assert_eq!(keys(1, None).open::<String>(Use::Session, &text), Err(Unopened));
        }
    }
}
