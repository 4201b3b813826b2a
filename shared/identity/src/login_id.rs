//! By what a person names one of their logins.

use std::{fmt, str::FromStr};

use crate::{CognitoSub, FederatedLogin, IdentifierKey};

const PREFIX: &str = "lgn_";

/// `lgn_` and 64 hexadecimal digits: a keyed hash, which tells neither a `sub` nor what a provider
/// knows the person by, and is the same each time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginId(String);

/// A text that is no login's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a login's id is lgn_ followed by 64 hexadecimal digits")]
pub struct InvalidLoginId;

impl LoginId {
    /// The id of the login by address and password of the user `sub`.
    #[must_use]
    pub fn native(key: &IdentifierKey, sub: &CognitoSub) -> Self {
        Self::of(key, &format!("login#{}", sub.as_str()))
    }

    /// The id of `login` at another provider, which leads to the user `sub`.
    #[must_use]
    pub fn at_provider(key: &IdentifierKey, sub: &CognitoSub, login: &FederatedLogin) -> Self {
        let (provider, subject) = (&login.provider, login.subject.expose());
        // A provider's name has no such sign, and a subject comes last.
        Self::of(key, &format!("login#{}#{provider}#{subject}", sub.as_str()))
    }

    fn of(key: &IdentifierKey, text: &str) -> Self {
        Self(format!("{PREFIX}{}", key.hash(text)))
    }
}

impl FromStr for LoginId {
    type Err = InvalidLoginId;

    fn from_str(text: &str) -> Result<Self, InvalidLoginId> {
        let digits = text.strip_prefix(PREFIX).ok_or(InvalidLoginId)?;
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (digits.len() == 64 && digits.bytes().all(is_digit))
            .then(|| Self(text.to_owned()))
            .ok_or(InvalidLoginId)
    }
}

impl fmt::Display for LoginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
