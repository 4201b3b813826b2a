//! Reading what points at somebody, member by member, for whoever has to see how they came together and may
//! not know the identifiers themselves.

use std::{fmt, str::FromStr};

use aws_sdk_dynamodb::Client;
use identity::{IDENTIFIER_PREFIX, IdentifierKind, ProfileId, Social};
use jiff::Timestamp;
use lambda_kit::redact::Redacted;
use serde::Deserialize;

use super::{MergeError, reading::PersonReader};
use crate::{
    Claimant,
    aws::{
        ProfileError,
        identifiers::{Owner, Pointed},
        people,
    },
};

/// As many identifiers as a page has.
const PAGE: usize = 100;

/// Into as many members' partitions a page looks.
const MEMBERS: usize = 200;

/// As much of a keyed hash as tells one identifier of a person from another.
const DIGEST: usize = 16;

/// As many hexadecimal digits as a keyed hash has.
const HASH: usize = 64;

/// Reads what points at people: `dynamodb:GetItem` and `Query` on the profiles, `dynamodb:BatchGetItem` on
/// the identifiers.
#[derive(Debug, Clone)]
pub struct IdentifierListReader {
    persons: PersonReader,
    client: Client,
    identifiers: String,
}

/// Something that points at a person, without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownIdentifier {
    /// The member that it came with.
    pub member: ProfileId,
    /// Its kind.
    pub kind: IdentifierKind,
    /// The beginning of its keyed hash, which tells nothing of it.
    pub digest: String,
    /// Since when it is theirs.
    pub since: Timestamp,
    /// Whether the person proved that it is.
    pub verified: bool,
    /// On whose word it is, if it was taken on somebody's.
    pub asserted_by: Option<Claimant>,
    /// Of a login at another provider: what the user pool calls that.
    pub provider: Option<String>,
}

/// Some of what points at a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierPage {
    /// The person's root.
    pub profile_id: ProfileId,
    /// Those of one member after those of another.
    pub identifiers: Vec<KnownIdentifier>,
    /// Where the rest of them begins.
    pub next: Option<IdentifierPlace>,
}

/// A place among them: a member, and the last one of its that was told, by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierPlace(ProfileId, Option<String>);

/// A text that is no place among identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a place among identifiers is the text that came with the page before")]
pub struct InvalidIdentifierPlace;

/// A row `identifier#…` of a profile, as it is read here.
#[derive(Debug, Deserialize)]
pub(super) struct OwnedRow {
    part: String,
    at: Timestamp,
    value: Redacted<String>,
}

impl FromStr for IdentifierPlace {
    type Err = InvalidIdentifierPlace;

    fn from_str(text: &str) -> Result<Self, InvalidIdentifierPlace> {
        let mut parts = text.splitn(3, '.');
        let member = parts.next().and_then(|member| member.parse().ok());
        let member = member.ok_or(InvalidIdentifierPlace)?;
        let (Some(kind), Some(hash)) = (parts.next(), parts.next()) else {
            let is_alone = !text.contains('.');
            return is_alone
                .then_some(Self(member, None))
                .ok_or(InvalidIdentifierPlace);
        };
        let kind = IdentifierKind::named(kind).ok_or(InvalidIdentifierPlace)?;
        let is_hash = hash.len() == HASH && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let key = is_hash.then(|| format!("{kind}#{hash}"));
        Ok(Self(member, Some(key.ok_or(InvalidIdentifierPlace)?)))
    }
}

impl fmt::Display for IdentifierPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(member, None) => write!(f, "{member}"),
            Self(member, Some(key)) => write!(f, "{member}.{}", key.replacen('#', ".", 1)),
        }
    }
}

impl IdentifierListReader {
    /// A reader of the two tables.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        profiles: impl Into<String>,
        identifiers: impl Into<String>,
    ) -> Self {
        Self {
            persons: PersonReader::new(sdk, profiles),
            client: Client::new(sdk),
            identifiers: identifiers.into(),
        }
    }

    /// What points at the person of `profile_id`: that of their members one after the other, from `from` on,
    /// a hundred identifiers or two hundred members at once.
    pub async fn identifiers(
        &self,
        profile_id: ProfileId,
        from: Option<IdentifierPlace>,
    ) -> Result<IdentifierPage, MergeError> {
        let root = self.persons.root(profile_id).await?.profile_id;
        let members = self.persons.members(root).await?;
        let first = from
            .as_ref()
            .map_or(root, |IdentifierPlace(member, _)| *member);
        let mut found: Vec<(ProfileId, OwnedRow)> = Vec::new();
        let mut next = None;
        let later = members.ids().filter(|member| *member >= first);
        for (looked, member) in later.enumerate() {
            if looked == MEMBERS || found.len() == PAGE {
                next = Some(IdentifierPlace(member, None));
                break;
            }
            let after = from
                .as_ref()
                .filter(|IdentifierPlace(place, _)| *place == member);
            let after = after.and_then(|IdentifierPlace(_, key)| key.as_deref());
            let vacant = PAGE - found.len();
            // One more than there is room for, to see whether there are more.
            let mut owned = self.persons.owned(member, after, vacant + 1).await?;
            let is_cut = owned.len() > vacant;
            owned.truncate(vacant);
            found.extend(owned.into_iter().map(|row| (member, row)));
            if is_cut {
                let last = found.last().map(|(_, row)| row.key().to_owned());
                next = Some(IdentifierPlace(member, last));
                break;
            }
        }
        Ok(IdentifierPage {
            profile_id: root,
            identifiers: self.known(found).await?,
            next,
        })
    }

    /// What the other table says of them.
    async fn known(
        &self,
        found: Vec<(ProfileId, OwnedRow)>,
    ) -> Result<Vec<KnownIdentifier>, ProfileError> {
        let keys: Vec<String> = found.iter().map(|(_, row)| row.key().to_owned()).collect();
        let pointed = people::pointed(&self.client, &self.identifiers, &keys).await?;
        let known = found.into_iter().map(|(member, row)| {
            let owner = match pointed.get(row.key()) {
                Some(Pointed::At(owner)) => Some(owner),
                Some(Pointed::Erased) | None => None,
            };
            row.known(member, owner)
        });
        known.collect()
    }
}

impl OwnedRow {
    /// Its key in the table `identifiers`.
    fn key(&self) -> &str {
        self.part.trim_start_matches(IDENTIFIER_PREFIX)
    }

    fn known(
        &self,
        member: ProfileId,
        owner: Option<&Owner>,
    ) -> Result<KnownIdentifier, ProfileError> {
        let (kind, hash) = self.key().split_once('#').ok_or(ProfileError::Malformed)?;
        let kind = IdentifierKind::named(kind).ok_or(ProfileError::Malformed)?;
        let social = (kind == IdentifierKind::Social).then(|| Social::read(self.value.expose()));
        let social = social.transpose().map_err(|_| ProfileError::Malformed)?;
        Ok(KnownIdentifier {
            member,
            kind,
            digest: hash.chars().take(DIGEST).collect(),
            since: self.at,
            verified: owner.is_some_and(|owner| owner.verified),
            asserted_by: owner.and_then(|owner| owner.asserted_by.clone()),
            provider: social.map(|social| social.issuer().to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_told_and_nothing_else_is() {
        let member = "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012";
        let hash = "0f".repeat(32);
        for text in [member.to_owned(), format!("{member}.email.{hash}")] {
            let place: IdentifierPlace = text.parse().unwrap();
            assert_eq!(place.to_string(), text);
        }
        for text in [
            String::new(),
            "prf_1".to_owned(),
            format!("{member}."),
            format!("{member}.email"),
            format!("{member}.nothing.{hash}"),
            format!("{member}.email.{hash}0"),
            format!("{member}.email.{}", "x".repeat(64)),
        ] {
            assert_eq!(
                text.parse::<IdentifierPlace>(),
                Err(InvalidIdentifierPlace),
                "{text}"
            );
        }
    }
}
