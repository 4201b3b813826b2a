//! The keys under which payloads are written.

use std::fmt;

/// As many bytes as a key of S3 has at most.
pub(crate) const LONGEST_KEY: usize = 1_024;
/// As many as the libraries keep free for the id behind a prefix: those of a UUID.
const LONGEST_ID: usize = 36;
const LONGEST_PREFIX: usize = LONGEST_KEY - LONGEST_ID;

/// Why a text is no part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// It is longer than it may be.
    #[error("it has more than {most} bytes")]
    TooLong {
        /// As many bytes as it may have.
        most: usize,
    },
    /// It begins as a hidden or an absolute path does.
    #[error("it begins with '.' or '/'")]
    Start,
    /// It would lead upwards where somebody takes it for a path.
    #[error("it contains '..'")]
    Upwards,
    /// It has a character other than letters of ASCII, digits, `.`, `/`, `_` and `-`.
    #[error("it has a character other than a-z, A-Z, 0-9, '.', '/', '_' and '-'")]
    Character,
    /// There is no id.
    #[error("there is nothing behind the prefix")]
    Empty,
}

/// What the keys of all payloads of a sender begin with, by the rules of the Java library.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct KeyPrefix(String);

impl KeyPrefix {
    /// A prefix of at most 988 bytes; `""` is one.
    pub fn new(prefix: impl Into<String>) -> Result<Self, InvalidKey> {
        let prefix = prefix.into();
        check(&prefix, LONGEST_PREFIX)?;
        Ok(Self(prefix))
    }

    /// The key of the payload `id`, which has at most 36 bytes. One id stands for one payload for
    /// good: take a UUID, or what the message itself is known by.
    pub fn key(&self, id: &str) -> Result<Key, InvalidKey> {
        if id.is_empty() {
            return Err(InvalidKey::Empty);
        }
        if id.len() > LONGEST_ID {
            return Err(InvalidKey::TooLong { most: LONGEST_ID });
        }
        let key = format!("{}{id}", self.0);
        check(&key, LONGEST_KEY)?;
        Ok(Key(key))
    }
}

/// The key of a payload that is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// As S3 gets it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check(text: &str, most: usize) -> Result<(), InvalidKey> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"./_-".contains(&byte);
    if text.len() > most {
        Err(InvalidKey::TooLong { most })
    } else if text.starts_with(['.', '/']) {
        Err(InvalidKey::Start)
    } else if text.contains("..") {
        Err(InvalidKey::Upwards)
    } else if text.bytes().all(known) {
        Ok(())
    } else {
        Err(InvalidKey::Character)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "7d2c4f3a-9b1e-4c58-8f60-2a1b3c4d5e6f";

    #[test]
    fn a_key_is_the_prefix_and_the_id() {
        let key = |prefix: &str| KeyPrefix::new(prefix).and_then(|prefix| prefix.key(ID));
        assert_eq!(key("").unwrap().as_str(), ID);
        assert_eq!(
            key("orders/2026/").unwrap().as_str(),
            format!("orders/2026/{ID}")
        );
    }

    #[test]
    fn a_prefix_is_what_the_java_library_takes() {
        let refused = |prefix: &str| KeyPrefix::new(prefix).unwrap_err();
        assert_eq!(refused("/orders"), InvalidKey::Start);
        assert_eq!(refused(".orders"), InvalidKey::Start);
        assert_eq!(refused("orders/../others"), InvalidKey::Upwards);
        for prefix in ["or ders", "orders*", "ördërs", "orders\n", "a\\b"] {
            assert_eq!(refused(prefix), InvalidKey::Character, "{prefix:?}");
        }
    }

    #[test]
    fn a_prefix_leaves_room_for_an_id() {
        let longest = KeyPrefix::new("p".repeat(988)).unwrap();
        assert_eq!(longest.key(ID).unwrap().as_str().len(), 1_024);
        let longer = KeyPrefix::new("p".repeat(989));
        assert_eq!(longer.unwrap_err(), InvalidKey::TooLong { most: 988 });
    }

    #[test]
    fn an_id_keeps_the_rules_of_the_whole_key() {
        let refused = |prefix: &str, id: &str| KeyPrefix::new(prefix).unwrap().key(id).unwrap_err();
        assert_eq!(refused("a", ""), InvalidKey::Empty);
        assert_eq!(refused("a.", ".b"), InvalidKey::Upwards);
        assert_eq!(refused("", "/b"), InvalidKey::Start);
        assert_eq!(refused("", "a b"), InvalidKey::Character);
        let long = "i".repeat(37);
        assert_eq!(refused("", &long), InvalidKey::TooLong { most: 36 });
    }

    proptest! {
        #[test]
        fn whatever_is_taken_keeps_the_rules(prefix in "[a-c./_ -]{0,8}", id in "[a-c./_ -]{0,8}") {
            if let Ok(key) = KeyPrefix::new(prefix).and_then(|prefix| prefix.key(&id)) {
                let key = key.as_str();
                prop_assert!(!key.starts_with(['.', '/']) && !key.contains(".."));
                prop_assert!(!key.contains(' ') && !key.is_empty());
            }
        }
    }
}
