//! What messages are signed with.

use std::{fmt, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};
use webhook::{Secret, Signer};

/// For how long the secret before signs beside the new one.
const BOTH: SignedDuration = SignedDuration::from_hours(24);

/// Makes secrets: 32 bytes that nobody guesses.
#[derive(Clone)]
pub struct SecretSource(Arc<dyn Fn() -> Option<[u8; 32]> + Send + Sync>);

impl SecretSource {
    /// Secrets of the operating system's randomness.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(|| {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).ok()?;
            Some(bytes)
        })
    }

    /// Secrets of the bytes that `random` makes, if it can.
    pub fn from_fn(random: impl Fn() -> Option<[u8; 32]> + Send + Sync + 'static) -> Self {
        Self(Arc::new(random))
    }

    /// The next secret; `None` if there is no randomness to be had.
    #[must_use]
    pub fn make(&self) -> Option<Secret> {
        let bytes = (self.0)()?;
        Secret::from_bytes(&bytes).ok()
    }
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretSource")
    }
}

/// The secrets of a subscription, as they lie in its row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    current: Redacted<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Previous>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Previous {
    secret: Redacted<String>,
    until: Timestamp,
}

impl Secrets {
    pub(crate) fn new(secret: &Secret) -> Self {
        Self {
            current: Redacted::new(secret.expose()),
            previous: None,
        }
    }

    /// The same with `secret` in front. The one that was there signs too for a day; one before that no
    /// longer.
    pub(crate) fn rotated(self, secret: &Secret, now: Timestamp) -> Self {
        Self {
            current: Redacted::new(secret.expose()),
            previous: Some(Previous {
                secret: self.current,
                until: now.checked_add(BOTH).unwrap_or(Timestamp::MAX),
            }),
        }
    }

    /// The secret as its partner is shown it, once.
    #[must_use]
    pub const fn current(&self) -> &Redacted<String> {
        &self.current
    }

    /// Until when the one before signs too.
    #[must_use]
    pub fn both_until(&self, now: Timestamp) -> Option<Timestamp> {
        let previous = self.previous.as_ref()?;
        Some(previous.until).filter(|until| now < *until)
    }

    /// What a message of now is signed with.
    #[must_use]
    pub fn signers(&self, now: Timestamp) -> Vec<Signer> {
        let previous = self.previous.as_ref().filter(|each| now < each.until);
        let texts = [Some(&self.current), previous.map(|each| &each.secret)];
        let secrets = texts.into_iter().flatten();
        secrets
            .filter_map(|text| text.expose().parse().ok())
            .map(Signer::Secret)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_secrets_sign_for_a_day_and_never_three() {
        let at = |hours: i64| Timestamp::from_second(1_700_000_000 + hours * 3_600).unwrap();
        let secret = |byte| Secret::from_bytes(&[byte; 32]).unwrap();
        let secrets = Secrets::new(&secret(1)).rotated(&secret(2), at(0));
        assert_eq!(secrets.signers(at(23)).len(), 2);
        assert_eq!(secrets.both_until(at(23)), Some(at(24)));
        assert_eq!(secrets.signers(at(24)).len(), 1);
        let secrets = secrets.rotated(&secret(3), at(1));
        assert_eq!(secrets.signers(at(2)).len(), 2);
        assert!(!format!("{secrets:?}").contains("whsec_"));
    }
}
