//! Making two profiles one, and two again, in the tables `profiles` and `identifiers`.

mod identifiers;
mod joining;
mod log;
mod plan;
mod preview;
mod reading;
mod rows;
mod settling;
mod splitting;

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use futures_util::{StreamExt, TryStreamExt, stream};
pub use identifiers::{
    IdentifierListReader, IdentifierPage, IdentifierPlace, InvalidIdentifierPlace, KnownIdentifier,
};
use identity::{CognitoSub, Identifier, IdentifierKind, MergeId, ProfileId};
use lambda_kit::{clock::Clock, ids::IdSource};
pub use log::{InvalidLogPlace, LogPage, LogPlace, MergeReader, TrailReader};
pub use preview::{Preview, PreviewedChange};
pub(super) use rows::MEMBER_PREFIX;
pub use rows::{MergeRecord, MergeStatus, Stretch};
use tokio::try_join;

use self::{plan::Writes, reading::PersonReader};
use super::ProfileError;
use crate::merge::{Members, Refusal};

/// How often a lost race against another change of the same persons is answered by looking again.
const ATTEMPTS: u32 = 8;

/// What DynamoDB takes in one transaction.
const TRANSACTION_ITEMS: usize = 100;

/// As many members as a person has at most for whoever waits for an answer to read them all: it takes
/// about a second. A merge or split of more is begun, and left to the queue that it is announced to.
const MOST_MEMBERS: usize = 500;

/// Makes persons one and two again. On the profiles: `dynamodb:GetItem`, `Query`, `PutItem`,
/// `UpdateItem`, `DeleteItem` and `ConditionCheckItem`; on the identifiers: `UpdateItem`.
#[derive(Debug, Clone)]
pub struct Merger {
    client: Client,
    reader: PersonReader,
    writes: Writes,
    clock: Clock,
    ids: IdSource,
    operator: Option<CognitoSub>,
    limit: usize,
    most_members: usize,
}

/// Why two persons are to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grounds {
    /// An operator says so.
    Operator,
    /// An identifier points at both.
    Identifier {
        /// Of which kind it is.
        kind: IdentifierKind,
        /// Its key in the table `identifiers`.
        key: String,
        /// Whether it was proven on both sides.
        is_verified: bool,
        /// Whether it is one that an operator says is nobody's, or everybody's.
        is_blocked: bool,
        /// How many identifiers of each kind a person takes on somebody's word.
        limits: BTreeMap<IdentifierKind, u32>,
    },
}

/// Two persons that are one now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// The id under which they go: the oldest of all their members.
    pub profile_id: ProfileId,
    /// By which merge they became one; `None` if they were the same member.
    pub merge_id: Option<MergeId>,
}

/// A person that is two now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parted {
    /// Those who stay.
    pub profile_id: ProfileId,
    /// The root that had been absorbed, and is one again.
    pub restored: ProfileId,
}

/// Why two persons are not one, or one not two.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A profile can't be read or written.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The grounds do not bear it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The person was never merged by that.
    #[error("there is no such merge of this person")]
    NoSuchMerge,
}

impl From<lambda_kit::error::ServiceError> for MergeError {
    fn from(error: lambda_kit::error::ServiceError) -> Self {
        Self::Profile(error.into())
    }
}

/// As many members as are read at once.
const AT_ONCE: usize = 16;

/// What `read` reads of each of `members`, in their order.
async fn each<T, F: Future<Output = Result<T, ProfileError>>>(
    members: &Members,
    read: impl Fn(ProfileId) -> F,
) -> Result<Vec<T>, ProfileError> {
    let ids: Vec<ProfileId> = members.ids().collect();
    let reading = stream::iter(ids).map(read).buffered(AT_ONCE);
    reading.try_collect().await
}

impl Merger {
    /// A merger over the two tables.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        profiles: impl Into<String>,
        identifiers: impl Into<String>,
        clock: Clock,
        ids: IdSource,
    ) -> Self {
        let profiles = profiles.into();
        Self {
            client: Client::new(sdk),
            reader: PersonReader::new(sdk, profiles.clone()),
            writes: Writes {
                profiles,
                identifiers: identifiers.into(),
            },
            clock,
            ids,
            operator: None,
            limit: TRANSACTION_ITEMS,
            most_members: MOST_MEMBERS,
        }
    }

    /// The logins at other providers that came with `member`.
    pub(super) async fn socials(&self, member: ProfileId) -> Result<Vec<Identifier>, ProfileError> {
        self.reader.socials(member).await
    }

    /// Whether one of the two took off a login at another provider that is the other's now: `member`,
    /// whose login has those of the keys `socials`, and the person of `other`.
    pub(super) async fn are_taken_apart(
        &self,
        member: ProfileId,
        socials: &[String],
        other: ProfileId,
    ) -> Result<bool, ProfileError> {
        let taken_off = self.reader.taken_off(member).await?;
        if taken_off.is_empty() && socials.is_empty() {
            return Ok(false);
        }
        let root = self.reader.root(other).await?;
        let members = self.reader.members(root.profile_id).await?;
        let prefix = format!("{}#", IdentifierKind::Social);
        let theirs = each(&members, |id| {
            let (reader, prefix) = (&self.reader, &prefix);
            async move { try_join!(reader.taken_off(id), reader.identifiers(id, prefix)) }
        })
        .await?;
        Ok(theirs.iter().any(|(their_taken_off, their_socials)| {
            their_taken_off.iter().any(|key| socials.contains(key))
                || their_socials.iter().any(|key| taken_off.contains(key))
        }))
    }

    /// The same on the word of `operator`, who is held to account for it by the log.
    #[must_use]
    pub fn for_operator(&self, operator: &CognitoSub) -> Self {
        Self {
            operator: Some(operator.clone()),
            ..self.clone()
        }
    }

    /// The same, but for transactions of at most `limit` writes: what is larger is settled in
    /// several. Tests see by it at ten rows what else begins at a hundred.
    #[must_use]
    pub fn with_transactions_of(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// The same, but that of persons of more than `most` members nothing is read: what is to become of
    /// them is begun, and left to whoever has the time. That one reads however many there are.
    #[must_use]
    pub fn reading_at_most(self, most: usize) -> Self {
        Self {
            most_members: most,
            ..self
        }
    }

    /// Whether all of these are read by whoever waits for an answer.
    fn are_few(&self, members: &Members) -> bool {
        members.count() <= self.most_members
    }
}
