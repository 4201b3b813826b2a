//! Ids by which an app or a browser tells one device from another, before anybody logs in.
//!
//! Whoever knows such an id can act as that device, so it has to be one that nobody guesses. The
//! rules refuse what is certainly none; they can't prove that an id is random.
//!
//! | rule | source |
//! | --- | --- |
//! | 16 to 128 characters | 16 hexadecimal digits are 64 bits, the least that OWASP's session management sheet allows |
//! | letters, digits, `-`, `.`, `_` and `~`; case counts | the unreserved characters of RFC 3986 §2.3: they need no escaping in a URL, a header or a cookie |
//! | at least 6 different characters | a random one of 16 hexadecimal digits has fewer once in 30,000, a UUID never |
//! | its end does not repeat its beginning for 8 characters or more | `abcdefabcdefabcdef`, `undefined-undefined` |
//! | less than half of it counts up, down or stands still | `0123456789abcdef`, `zyxwvutsrqponmlk`, `00000000-0000-4000-8000-00000000000a` |

use std::{collections::BTreeSet, fmt, str::FromStr};

use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};

use crate::IdentifierKey;

const LONGEST_REPETITION: usize = 8;
const FEWEST_DIFFERENT: usize = 6;

/// A device's id: equal ids are equal text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AnonymousId(Redacted<String>);

/// Why a text is no anonymous id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAnonymousId {
    /// Too short, too long, or with a character that has to be escaped.
    #[error("an anonymous id has 16 to 128 letters, digits, hyphens, dots, underscores and tildes")]
    Malformed,
    /// Somebody else could come by it.
    #[error("an anonymous id is random, for example a UUID of version 4")]
    Guessable,
}

impl AnonymousId {
    /// The id that a device gets instead of this one, which is somebody else's, while it is `holder`'s:
    /// always the same, and nobody's to guess. What `holder` is called is unambiguous among all who may
    /// hold a device.
    #[must_use]
    pub fn reissued(&self, holder: &str, key: &IdentifierKey) -> Self {
        // No id has a `#` in it, so that two holders never share a text.
        let text = format!("reissued#{holder}#{}", self.as_str());
        Self(Redacted::new(key.hash(&text)))
    }

    /// The id: for the store, the wire and comparison, never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.expose()
    }
}

impl FromStr for AnonymousId {
    type Err = InvalidAnonymousId;

    fn from_str(text: &str) -> Result<Self, InvalidAnonymousId> {
        let is_unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        if !(16..=128).contains(&text.len()) || !text.bytes().all(is_unreserved) {
            return Err(InvalidAnonymousId::Malformed);
        }
        if is_guessable(text.as_bytes()) {
            return Err(InvalidAnonymousId::Guessable);
        }
        Ok(Self(Redacted::new(text.to_owned())))
    }
}

fn is_guessable(text: &[u8]) -> bool {
    let different: BTreeSet<&u8> = text.iter().collect();
    let steps = text
        .iter()
        .zip(text.iter().skip(1))
        .filter(|(one, next)| one.abs_diff(**next) <= 1)
        .count();
    let repeats = |period: usize| {
        text.iter()
            .zip(text.iter().skip(period))
            .all(|(a, b)| a == b)
    };
    different.len() < FEWEST_DIFFERENT
        || 2 * steps >= text.len()
        || (1..=text.len().saturating_sub(LONGEST_REPETITION)).any(repeats)
}

impl TryFrom<String> for AnonymousId {
    type Error = InvalidAnonymousId;

    fn try_from(text: String) -> Result<Self, InvalidAnonymousId> {
        text.parse()
    }
}

impl From<AnonymousId> for String {
    fn from(id: AnonymousId) -> Self {
        id.0.into_inner()
    }
}

impl fmt::Debug for AnonymousId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnonymousId({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use lambda_kit::config::Environment;
    use proptest::prelude::*;
    use rstest::rstest;
    use uuid::{Builder, Uuid};

    use super::*;

    #[rstest]
    #[case("short-id")]
    #[case("a1b2c3d4 e5f6a7b8")]
    #[case("a1b2c3d4#e5f6a7b8")]
    #[case("jane@example.com-0")]
    #[case("gerät-0123456789abcdef")]
    #[case(&"a1b2c3d4".repeat(17))]
    fn what_needs_escaping_is_refused(#[case] text: &str) {
        assert_eq!(
            text.parse::<AnonymousId>(),
            Err(InvalidAnonymousId::Malformed)
        );
    }

    #[rstest]
    #[case("0000000000000000")]
    #[case("0000000000001234")]
    #[case("0123456789abcdef")]
    #[case("zyxwvutsrqponmlk")]
    #[case("abcdefabcdefabcdef")]
    #[case("deadbeefdeadbeef")]
    #[case("00000000-0000-4000-8000-00000000000a")]
    #[case("ffffffff-ffff-ffff-ffff-ffffffffffff")]
    #[case("undefined-undefined")]
    fn what_somebody_else_could_come_by_is_refused(#[case] text: &str) {
        assert_eq!(
            text.parse::<AnonymousId>(),
            Err(InvalidAnonymousId::Guessable)
        );
    }

    proptest! {
        #[test]
        fn a_random_id_is_taken_as_it_is(bits in prop::array::uniform16(any::<u8>())) {
            let uuid: Uuid = Builder::from_random_bytes(bits).into_uuid();
            // Shrinking may find all zeroes, which chance will not.
            prop_assume!(bits.iter().collect::<BTreeSet<_>>().len() > 8);
            let text = uuid.to_string();
            let id = text.parse::<AnonymousId>();
            prop_assert_eq!(id.as_ref().map(AnonymousId::as_str), Ok(text.as_str()));
        }

        #[test]
        fn a_reissued_id_is_an_id_of_its_own(holder in "[a-z0-9_/#]{1,40}", next in "[a-z0-9_/#]{1,40}") {
            prop_assume!(holder != next);
            let environment = Environment::from_pairs([("IDENTIFIER_KEY", "k".repeat(32))]);
            let key = IdentifierKey::from_environment(&environment).unwrap();
            let old: AnonymousId = "a1b2c3d4-e5f6a7b8".parse().unwrap();
            let one = old.reissued(&holder, &key);
            let other = old.reissued(&next, &key);
            prop_assert_eq!(one.as_str().parse(), Ok(one.clone()));
            prop_assert_eq!(&old.reissued(&holder, &key), &one);
            prop_assert!(one != other && one != old && one.reissued(&holder, &key) != one);
        }

        #[test]
        fn parsing_never_panics(text in ".{0,200}") {
            let _ = text.parse::<AnonymousId>();
        }
    }
}
