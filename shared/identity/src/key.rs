//! The secret under which identifiers become keys.

use std::fmt::{self, Write};

use hmac::{Hmac, KeyInit, Mac};
use lambda_kit::config::{ConfigError, Environment};
use sha2::Sha256;

const VARIABLE: &str = "IDENTIFIER_KEY";
const SHORTEST: usize = 32;

/// The secret under which identifiers become keys (HMAC-SHA256, RFC 2104). Who has the tables and
/// not the secret can't find out whose row it is by trying addresses; with another secret every
/// identifier is a stranger, so there is one for ever.
#[derive(Clone)]
pub struct IdentifierKey(Hmac<Sha256>);

impl IdentifierKey {
    /// Reads `IDENTIFIER_KEY`, a secret of at least 32 characters.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let secret = environment.required(VARIABLE)?;
        let invalid = ConfigError::Invalid {
            name: VARIABLE,
            expected: "a secret of at least 32 characters",
        };
        if secret.len() < SHORTEST {
            return Err(invalid);
        }
        Hmac::new_from_slice(secret.as_bytes())
            .map(Self)
            .map_err(|_| invalid)
    }

    /// The keyed hash of `text`, in 64 hexadecimal digits.
    pub(crate) fn hash(&self, text: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

impl fmt::Debug for IdentifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentifierKey([redacted])")
    }
}

/// Bytes in lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(secret: &str) -> Result<IdentifierKey, ConfigError> {
        IdentifierKey::from_environment(&Environment::from_pairs([(VARIABLE, secret)]))
    }

    /// As `openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef` has it.
    #[test]
    fn the_hash_is_that_of_the_standard() {
        let key = key("0123456789abcdef0123456789abcdef").unwrap();
        assert_eq!(
            key.hash("email#jane@example.com"),
            "d5b8331e3261dbe7aa55e02e411eb52d9e60eeec2eaab27f1aa67ac27306afe7"
        );
    }

    #[test]
    fn a_short_secret_is_refused_and_no_secret_is_printed() {
        assert!(key(&"x".repeat(31)).is_err());
        let printed = format!("{:?}", key("0123456789abcdef0123456789abcdef").unwrap());
        assert_eq!(printed, "IdentifierKey([redacted])");
    }
}
