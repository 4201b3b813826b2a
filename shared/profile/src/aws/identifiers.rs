//! Rows of the table `identifiers`, and a profile's own list of them.

use aws_sdk_dynamodb::Client;
use identity::{Identifier, IdentifierKey, ProfileId};
use jiff::Timestamp;
use lambda_kit::{dynamodb::text, error::ServiceError, redact::Redacted};
use serde::{Deserialize, Serialize};

use super::ProfileError;
use crate::Claimant;

/// A row of the table `identifiers`, in one of two shapes: it points at a profile, or it is what
/// erasure left of it, without `profile_id` and with `erased_at`, so that nobody comes back by it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct IdentifierItem {
    pub(super) identifier: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) profile_id: Option<ProfileId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) member: Option<ProfileId>,
    #[serde(default)]
    pub(super) verified: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<Timestamp>,
    /// Of a login: the digest of what it said when it was last taken over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) login_digest: Option<String>,
    /// Of what was taken on somebody's word: whose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) asserted_by: Option<Claimant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) erased_at: Option<Timestamp>,
}

/// A row `identifier#…` of the table `profiles`.
#[derive(Debug, Serialize)]
pub(super) struct OwnedItem {
    pub(super) profile_id: ProfileId,
    pub(super) part: String,
    pub(super) value: Redacted<String>,
    pub(super) at: Timestamp,
    /// Of a login: the sparse index's partition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) look_shard: Option<String>,
    /// Of a login: the sparse index's order, from when on it is to be looked for in the user pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) look_at: Option<String>,
}

/// What stands behind an identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pointed {
    /// It points at somebody.
    At(Owner),
    /// It pointed at somebody who was erased. For anybody but a new, proven login that is for ever.
    Erased,
}

/// Whose an identifier is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The profile that it leads to: the person's root.
    pub profile_id: ProfileId,
    /// The profile that it came with, which is another one once profiles were merged.
    pub member: ProfileId,
    /// Whether the person proved that it is theirs.
    pub verified: bool,
    /// Of a login: the digest of what it said when it was last taken over.
    pub login_digest: Option<String>,
    /// Of what was taken on a partner's word: the partner.
    pub asserted_by: Option<Claimant>,
}

impl TryFrom<IdentifierItem> for Pointed {
    type Error = ProfileError;

    fn try_from(row: IdentifierItem) -> Result<Self, ProfileError> {
        match (row.profile_id, row.member, row.erased_at) {
            (_, _, Some(_)) => Ok(Self::Erased),
            (Some(profile_id), Some(member), None) => Ok(Self::At(Owner {
                profile_id,
                member,
                verified: row.verified,
                login_digest: row.login_digest,
                asserted_by: row.asserted_by,
            })),
            _ => Err(ProfileError::Malformed),
        }
    }
}

/// Finds whose an identifier is: `dynamodb:GetItem` on the identifiers.
#[derive(Debug, Clone)]
pub struct IdentifierReader {
    client: Client,
    table: String,
    key: IdentifierKey,
}

impl IdentifierReader {
    /// A reader of `table`, whose keys were made under `key`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, key: IdentifierKey) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            key,
        }
    }

    /// What stands behind `identifier` now; `None` if nobody ever had it, or left it.
    pub async fn find(&self, identifier: &Identifier) -> Result<Option<Pointed>, ProfileError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("identifier", text(identifier.key(&self.key)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row: Option<IdentifierItem> = answer
            .item
            .map(serde_dynamo::from_item)
            .transpose()
            .map_err(|_| ProfileError::Malformed)?;
        row.map(Pointed::try_from).transpose()
    }

    /// Whose `identifier` is, if it came with `member`.
    pub(super) async fn owner(
        &self,
        identifier: &Identifier,
        member: ProfileId,
    ) -> Result<Option<Owner>, ProfileError> {
        Ok(match self.find(identifier).await? {
            Some(Pointed::At(owner)) => Some(owner).filter(|owner| owner.member == member),
            Some(Pointed::Erased) | None => None,
        })
    }
}
