//! Answers of tenants' code, sealed: whoever holds the ledger, the bus or its archive alone can read none.
//!
//! Each run has a key of its own, which follows from the platform's secret. Who hands an event to a tenant's host
//! puts the key of that run into the message, and who applies the answer makes it again: a host opens no other
//! run's answer, and makes none that would pass for another's.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use identity::{IdentifierKey, ProfileId};
use lambda_kit::planted;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};

use crate::{Chain, RunId};

/// What the key is for, so that no other use of the secret makes the same.
const USE: &str = "extension-answer";

/// How many bytes a key has.
const BYTES: usize = 32;

/// The key under which the answer of one run is sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunKey([u8; BYTES]);

/// An answer can't be sealed, or what was sealed can't be opened by this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an answer can't be sealed or opened")]
pub struct Unsealable;

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key of a run has 64 hexadecimal digits")]
pub struct InvalidRunKey;

impl RunKey {
    /// The key of `run`, whose event is about `person`, for an answer that comes about through `after`: whoever has
    /// it can't say of what it seals that it is about anybody else, or came about otherwise.
    #[must_use]
    pub fn of(
        secret: &IdentifierKey,
        run: &RunId,
        person: Option<ProfileId>,
        after: &Chain,
    ) -> Self {
        let person = person.map_or_else(String::new, |person| person.to_string());
        let parts = [run.row(), person, after.hops().to_string(), after.by()];
        let mut about = Vec::new();
        for part in parts {
            about.extend(part.len().to_be_bytes());
            about.extend(part.into_bytes());
        }
        if planted::is_on("extension-one-key-for-all") {
            about.clear();
        }
        let tag = secret.seal(USE, &about).tag(b"");
        let mut key = [0; BYTES];
        for (to, from) in key.iter_mut().zip(tag) {
            *to = from;
        }
        Self(key)
    }

    /// `answer`, which the version `version` gave in `run`, sealed.
    pub fn seal(&self, run: &RunId, version: &str, answer: &str) -> Result<String, Unsealable> {
        let mut text = answer.as_bytes().to_vec();
        self.cipher()?
            .seal_in_place_append_tag(nonce(version), about(run, version), &mut text)
            .map_err(|_| Unsealable)?;
        Ok(BASE64_STANDARD_NO_PAD.encode(text))
    }

    /// The answer that was sealed for `run` and `version`.
    pub fn open(&self, run: &RunId, version: &str, sealed: &str) -> Result<String, Unsealable> {
        let mut text = BASE64_STANDARD_NO_PAD
            .decode(sealed)
            .map_err(|_| Unsealable)?;
        let text = self
            .cipher()?
            .open_in_place(nonce(version), about(run, version), &mut text)
            .map_err(|_| Unsealable)?;
        String::from_utf8(text.to_vec()).map_err(|_| Unsealable)
    }

    fn cipher(&self) -> Result<LessSafeKey, Unsealable> {
        let key = UnboundKey::new(&AES_256_GCM, &self.0).map_err(|_| Unsealable)?;
        Ok(LessSafeKey::new(key))
    }
}

/// A run has one answer on record. Another one is sealed at most if it was cut off before that, and by the
/// version that is active by then: its name is a part of the nonce.
fn nonce(version: &str) -> Nonce {
    let digest = crate::message::digest(&["nonce", version]);
    let mut nonce = [0; 12];
    for (to, from) in nonce.iter_mut().zip(digest.bytes()) {
        *to = from;
    }
    Nonce::assume_unique_for_key(nonce)
}

fn about(run: &RunId, version: &str) -> Aad<String> {
    Aad::from(format!("{}#{version}", run.row()))
}

impl TryFrom<String> for RunKey {
    type Error = InvalidRunKey;

    fn try_from(text: String) -> Result<Self, InvalidRunKey> {
        let digits = text.as_bytes();
        if digits.len() != 2 * BYTES {
            return Err(InvalidRunKey);
        }
        let mut key = [0; BYTES];
        for (byte, pair) in key.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| InvalidRunKey)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| InvalidRunKey)?;
        }
        Ok(Self(key))
    }
}

impl From<RunKey> for String {
    fn from(RunKey(key): RunKey) -> Self {
        use fmt::Write as _;
        key.iter().fold(Self::new(), |mut text, byte| {
            _ = write!(text, "{byte:02x}");
            text
        })
    }
}

impl fmt::Debug for RunKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use lambda_kit::config::Environment;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn secret(text: &str) -> IdentifierKey {
        let pairs = [("IDENTIFIER_KEY".to_owned(), text.repeat(32))];
        IdentifierKey::from_environment(&Environment::from_pairs(pairs)).unwrap()
    }

    fn run(tenant: &str, extension: &str, event: &str) -> RunId {
        RunId {
            tenant: tenant.parse().unwrap(),
            extension: extension.parse().unwrap(),
            event_id: event.to_owned(),
        }
    }

    proptest! {
        #[test]
        fn an_answer_opens_by_its_own_run_and_no_other(answer in ".{0,200}") {
            let one = run("harbour", "greeter", "evt_1");
            let jane = Some(ProfileId::new(Uuid::from_u128(7)));
            let chain = Chain::default().after(&one.extension);
            let key = RunKey::of(&secret("s"), &one, jane, &chain);
            let sealed = key.seal(&one, "1.0.0", &answer).unwrap();
            prop_assert_eq!(key.open(&one, "1.0.0", &sealed), Ok(answer));
            prop_assert_eq!(key.open(&one, "1.0.1", &sealed), Err(Unsealable));
            for other in [run("airport", "greeter", "evt_1"), run("harbour", "scorer", "evt_1"), run("harbour", "greeter", "evt_2")] {
                let others = RunKey::of(&secret("s"), &other, jane, &chain);
                prop_assert_eq!(others.open(&one, "1.0.0", &sealed), Err(Unsealable));
                // Nor does what one host seals pass for what another one does.
                prop_assert_eq!(key.open(&other, "1.0.0", &sealed), Err(Unsealable));
            }
            let longer = chain.after(&"scorer".parse().unwrap());
            for other in [
                RunKey::of(&secret("t"), &one, jane, &chain),
                RunKey::of(&secret("s"), &one, None, &chain),
                RunKey::of(&secret("s"), &one, jane, &longer),
                RunKey::of(&secret("s"), &one, jane, &Chain::default()),
            ] {
                prop_assert_eq!(other.open(&one, "1.0.0", &sealed), Err(Unsealable));
            }
        }
    }

    #[test]
    fn a_key_reads_as_it_was_written_and_is_not_printed() {
        let run = run("harbour", "greeter", "evt_1");
        let key = RunKey::of(&secret("s"), &run, None, &Chain::default());
        let text = String::from(key.clone());
        assert_eq!(text.len(), 64);
        assert_eq!(RunKey::try_from(text.clone()), Ok(key.clone()));
        assert!(!format!("{key:?}").contains(&text));
        for text in ["", "00", &"zz".repeat(32), &"é".repeat(32)] {
            assert_eq!(RunKey::try_from(text.to_owned()), Err(InvalidRunKey));
        }
    }
}
