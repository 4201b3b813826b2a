//! What points at a profile.

use std::{fmt, str::FromStr};

use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};

use crate::{Email, PhoneNumber};

/// Something that points at one profile at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identifier {
    /// An e-mail address whose ownership was proven.
    Email(Email),
    /// A telephone number whose ownership was proven.
    Phone(PhoneNumber),
    /// A user of the Cognito user pool.
    CognitoSub(CognitoSub),
}

/// The kinds of identifier, as they are named in keys and events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// [`Identifier::Email`].
    Email,
    /// [`Identifier::Phone`].
    Phone,
    /// [`Identifier::CognitoSub`].
    CognitoSub,
}

impl Identifier {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> IdentifierKind {
        match self {
            Self::Email(_) => IdentifierKind::Email,
            Self::Phone(_) => IdentifierKind::Phone,
            Self::CognitoSub(_) => IdentifierKind::CognitoSub,
        }
    }

    /// Its key in the table `identifiers`: `<kind>#<normal form>`. Personal data.
    #[must_use]
    pub fn key(&self) -> Redacted<String> {
        Redacted::new(match self {
            Self::Email(email) => format!("email#{}", email.as_str()),
            Self::Phone(phone) => format!("phone#{}", phone.as_str()),
            Self::CognitoSub(sub) => format!("cognito_sub#{}", sub.as_str()),
        })
    }

    /// Its part of the profile that owns it: `identifier#<key>`. Personal data.
    #[must_use]
    pub fn part(&self) -> Redacted<String> {
        Redacted::new(format!("identifier#{}", self.key().expose()))
    }
}

/// Cognito's `sub`: the id of a user in the pool, never given to anyone else.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CognitoSub(Redacted<String>);

/// A text that is no `sub`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sub has 1 to 128 letters, digits and hyphens")]
pub struct InvalidSub;

impl CognitoSub {
    /// The sub: for the store and comparison, never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.expose()
    }
}

impl FromStr for CognitoSub {
    type Err = InvalidSub;

    fn from_str(text: &str) -> Result<Self, InvalidSub> {
        let well_formed = (1..=128).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if well_formed {
            Ok(Self(Redacted::new(text.to_owned())))
        } else {
            Err(InvalidSub)
        }
    }
}

impl TryFrom<String> for CognitoSub {
    type Error = InvalidSub;

    fn try_from(text: String) -> Result<Self, InvalidSub> {
        text.parse()
    }
}

impl From<CognitoSub> for String {
    fn from(sub: CognitoSub) -> Self {
        sub.0.into_inner()
    }
}

impl fmt::Debug for CognitoSub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CognitoSub({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_name_the_kind_and_are_never_printed() {
        let email = Identifier::Email("Jane@example.com".parse().unwrap());
        assert_eq!(email.key().expose(), "email#jane@example.com");
        assert_eq!(email.part().expose(), "identifier#email#jane@example.com");
        assert_eq!(
            format!("{:?} {email:?}", email.key()),
            "[redacted] Email(Email([redacted]))"
        );
    }
}
