//! What points at a profile.

use std::{fmt, str::FromStr};

use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};

use crate::{AnonymousId, Email, ExternalId, IdentifierKey, PhoneNumber, Social};

/// How a profile's own list of identifiers is told from its other parts.
pub const IDENTIFIER_PREFIX: &str = "identifier#";

/// Something that points at one profile at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identifier {
    /// An e-mail address.
    Email(Email),
    /// A telephone number.
    Phone(PhoneNumber),
    /// A user of the Cognito user pool.
    CognitoSub(CognitoSub),
    /// A user of another identity provider.
    Social(Social),
    /// What a partner calls the person.
    External(ExternalId),
    /// A device that nobody logged in on yet.
    Anonymous(AnonymousId),
}

/// The kinds of identifier, as they are named in keys and events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// [`Identifier::Email`].
    Email,
    /// [`Identifier::Phone`].
    Phone,
    /// [`Identifier::CognitoSub`].
    CognitoSub,
    /// [`Identifier::Social`].
    Social,
    /// [`Identifier::External`].
    External,
    /// [`Identifier::Anonymous`].
    Anonymous,
}

impl IdentifierKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Email,
        Self::Phone,
        Self::CognitoSub,
        Self::Social,
        Self::External,
        Self::Anonymous,
    ];

    /// The kind of that name, if it is one's.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::CognitoSub => "cognito_sub",
            Self::Social => "social",
            Self::External => "external",
            Self::Anonymous => "anonymous",
        }
    }
}

impl fmt::Display for IdentifierKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Identifier {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> IdentifierKind {
        match self {
            Self::Email(_) => IdentifierKind::Email,
            Self::Phone(_) => IdentifierKind::Phone,
            Self::CognitoSub(_) => IdentifierKind::CognitoSub,
            Self::Social(_) => IdentifierKind::Social,
            Self::External(_) => IdentifierKind::External,
            Self::Anonymous(_) => IdentifierKind::Anonymous,
        }
    }

    /// Its normal form. Personal data.
    #[must_use]
    pub fn value(&self) -> Redacted<String> {
        let value = match self {
            Self::Email(email) => email.as_str(),
            Self::Phone(phone) => phone.as_str(),
            Self::CognitoSub(sub) => sub.as_str(),
            Self::Social(social) => social.as_str(),
            Self::External(external) => external.as_str(),
            Self::Anonymous(anonymous) => anonymous.as_str(),
        };
        Redacted::new(value.to_owned())
    }

    /// Its key in the table `identifiers`: `<kind>#` and 64 hexadecimal digits, the keyed hash of
    /// `<kind>#<normal form>`. Tells nothing to whoever lacks the key.
    #[must_use]
    pub fn key(&self, key: &IdentifierKey) -> String {
        let kind = self.kind();
        let hash = key.hash(&format!("{kind}#{}", self.value().expose()));
        format!("{kind}#{hash}")
    }

    /// Its part of the profile that it came with: `identifier#<key>`.
    #[must_use]
    pub fn part(&self, key: &IdentifierKey) -> String {
        format!("{IDENTIFIER_PREFIX}{}", self.key(key))
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
    use std::collections::BTreeSet;

    use lambda_kit::config::Environment;

    use super::*;

    fn key(secret: &str) -> IdentifierKey {
        let environment = Environment::from_pairs([("IDENTIFIER_KEY", secret.repeat(32))]);
        IdentifierKey::from_environment(&environment).unwrap()
    }

    /// The same text, as far as the kinds take it.
    fn one_of_each() -> [Identifier; 6] {
        let text = "a1b2c3d4-e5f6a7b8";
        [
            Identifier::Email(format!("{text}@example.com").parse().unwrap()),
            Identifier::Phone("+4930901820".parse().unwrap()),
            Identifier::CognitoSub(text.parse().unwrap()),
            Identifier::Social(Social::new("https://idp.example", text).unwrap()),
            Identifier::External(ExternalId::new("harbour", "crm", text).unwrap()),
            Identifier::Anonymous(text.parse().unwrap()),
        ]
    }

    #[test]
    fn a_key_names_the_kind_and_hides_the_value() {
        for identifier in one_of_each() {
            let key = identifier.key(&key("k"));
            let hash = key
                .strip_prefix(&format!("{}#", identifier.kind()))
                .unwrap();
            assert!(hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()));
            assert!(!key.contains(identifier.value().expose()));
            assert!(!format!("{identifier:?}").contains(identifier.value().expose()));
        }
    }

    #[test]
    fn neither_two_kinds_nor_two_secrets_share_a_key() {
        let keys: BTreeSet<String> = ["k", "l"]
            .iter()
            .flat_map(|secret| one_of_each().map(|identifier| identifier.key(&key(secret))))
            .collect();
        assert_eq!(keys.len(), 12);
    }

    #[test]
    fn a_kind_is_written_as_it_is_named() {
        for identifier in one_of_each() {
            let kind = identifier.kind();
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
