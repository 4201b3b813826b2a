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

    /// What vouches for the texts that we give out for one use of them, about one matter, and take
    /// back: no other key can do it, no other use and no other matter has the same tags, and no
    /// identifier's key is one.
    #[must_use]
    pub fn seal(&self, use_of_it: &str, about: &[u8]) -> Seal {
        let mut mac = self.0.clone();
        // Lengths first, so that no two lists of parts look alike. An identifier begins with its kind.
        for part in [b"fairlead/1".as_slice(), use_of_it.as_bytes(), about] {
            mac.update(&part.len().to_be_bytes());
            mac.update(part);
        }
        Seal(mac)
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

/// Vouches for texts by a tag (HMAC-SHA256): [`IdentifierKey::seal`].
#[derive(Clone)]
pub struct Seal(Hmac<Sha256>);

impl Seal {
    /// How many bytes a tag has.
    pub const TAG_LENGTH: usize = 32;

    /// The tag of `text`.
    #[must_use]
    pub fn tag(&self, text: &[u8]) -> Vec<u8> {
        let mut mac = self.0.clone();
        mac.update(text);
        mac.finalize().into_bytes().to_vec()
    }

    /// Whether `tag` is that of `text`: in a time that does not tell how much of it is right.
    #[must_use]
    pub fn vouches_for(&self, text: &[u8], tag: &[u8]) -> bool {
        let mut mac = self.0.clone();
        mac.update(text);
        mac.verify_slice(tag).is_ok()
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal([redacted])")
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
    fn a_tag_is_of_its_key_its_use_its_matter_and_its_text_alone() {
        let secret = "0123456789abcdef0123456789abcdef";
        let seal = |secret: &str, use_of_it: &str, about: &str| {
            key(secret).unwrap().seal(use_of_it, about.as_bytes())
        };
        let own = seal(secret, "cursor", "chandlery");
        let tag = own.tag(b"17");
        assert_eq!(tag.len(), Seal::TAG_LENGTH);
        assert!(own.vouches_for(b"17", &tag));
        for other in [
            seal(&secret.replace('0', "1"), "cursor", "chandlery"),
            seal(secret, "letter", "chandlery"),
            seal(secret, "cursor", "sailmaker"),
            seal(secret, "cursorchandlery", ""),
        ] {
            assert!(!other.vouches_for(b"17", &tag));
        }
        for byte in 0..tag.len() {
            let mut flipped = tag.clone();
            flipped[byte] ^= 1;
            assert!(!own.vouches_for(b"17", &flipped));
        }
        assert!(!own.vouches_for(b"18", &tag));
        assert!(!own.vouches_for(b"17", &tag[1..]));
        assert!(!own.vouches_for(b"17", b""));
    }

    #[test]
    fn a_short_secret_is_refused_and_no_secret_is_printed() {
        assert!(key(&"x".repeat(31)).is_err());
        let key = key("0123456789abcdef0123456789abcdef").unwrap();
        assert_eq!(format!("{key:?}"), "IdentifierKey([redacted])");
        assert_eq!(format!("{:?}", key.seal("cursor", b"")), "Seal([redacted])");
    }
}
