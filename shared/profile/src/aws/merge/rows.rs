//! What merges write into the table `profiles` beside the rows `profile` and `consent#…`.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use identity::{CognitoSub, IdentifierKind, MergeId, ProfileId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    aws::ProfileError,
    merge::{Decision, Edge},
};

/// A row as it lies in the table.
pub(super) type Row = HashMap<String, AttributeValue>;

pub(in crate::aws) const MEMBER_PREFIX: &str = "member#";
pub(super) const MERGE_PREFIX: &str = "merge#";
pub(super) const PARTING_PREFIX: &str = "parting#";
pub(super) const CONSENT_PREFIX: &str = "consent#";
/// Before the part of a root's own decision that another member's displaced.
pub(super) const OWN_PREFIX: &str = "own#";

/// A row `member#<member>` of a root.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MemberItem {
    profile_id: ProfileId,
    part: String,
    #[serde(flatten)]
    pub(super) edge: Edge,
}

impl MemberItem {
    pub(super) fn new(root: ProfileId, member: ProfileId, edge: Edge) -> Self {
        Self {
            profile_id: root,
            part: member_part(member),
            edge,
        }
    }

    /// Whose row it is.
    pub(super) fn member(&self) -> Result<ProfileId, ProfileError> {
        let member = self.part.strip_prefix(MEMBER_PREFIX).unwrap_or_default();
        member.parse().map_err(|_| ProfileError::Malformed)
    }
}

pub(super) fn member_part(member: ProfileId) -> String {
    format!("{MEMBER_PREFIX}{member}")
}

pub(super) fn merge_part(merge_id: MergeId) -> String {
    format!("{MERGE_PREFIX}{merge_id}")
}

/// A merge, as it is on record: row `merge#<merge id>` of the root that absorbed another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeRecord {
    /// The root that absorbed the other.
    pub profile_id: ProfileId,
    pub(super) part: String,
    /// The id by which the merge is undone.
    pub merge_id: MergeId,
    /// The root that was absorbed.
    pub absorbed: ProfileId,
    /// How far it is.
    pub status: MergeStatus,
    /// When it was begun.
    pub at: Timestamp,
    /// The request or invocation that it follows from.
    pub request_id: String,
    /// The kind of identifier that made the two one; `None` if an operator did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_kind: Option<IdentifierKind>,
    /// That identifier's key: by it the two are not joined again once this was undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) by_identifier: Option<String>,
    /// The operator who made the two one, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_operator: Option<CognitoSub>,
    /// The request that undid it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by_request: Option<String>,
    /// The operator who undid it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by_operator: Option<CognitoSub>,
    /// When it was undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<Timestamp>,
    /// While it is being done or undone in several transactions: up to where the identifiers are
    /// re-pointed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reached: Option<Place>,
}

/// A place among the identifiers of a person's members: a member, and the key of one of its own. In
/// the order of their places they are re-pointed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Place(String);

impl Place {
    pub(super) fn new(member: ProfileId, identifier: &str) -> Self {
        Self(format!("{member}/{identifier}"))
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.0
    }
}

/// How far a merge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeStatus {
    /// Both are locked, and it is being done in several transactions.
    Begun,
    /// The two are one.
    Done,
    /// The person is locked, and it is being undone in several transactions.
    Undoing,
    /// The two are two again.
    Undone,
}

impl MergeRecord {
    pub(super) fn new(
        merge_id: MergeId,
        survivor: ProfileId,
        absorbed: ProfileId,
        at: Timestamp,
        request_id: &str,
    ) -> Self {
        Self {
            profile_id: survivor,
            part: merge_part(merge_id),
            merge_id,
            absorbed,
            status: MergeStatus::Done,
            at,
            request_id: request_id.to_owned(),
            by_kind: None,
            by_identifier: None,
            by_operator: None,
            undone_by_request: None,
            undone_by_operator: None,
            undone_at: None,
            reached: None,
        }
    }
}

/// Under which id a person went for a while, their own or that of a root that had absorbed them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stretch {
    /// The id.
    pub profile_id: ProfileId,
    /// From when.
    pub from: Timestamp,
    /// Until when; that moment is no part of it.
    pub until: Timestamp,
}

impl Stretch {
    /// What of it is in the time of `other`.
    pub(super) fn within(self, other: Self) -> Option<Self> {
        let (from, until) = (self.from.max(other.from), self.until.min(other.until));
        (from < until).then_some(Self {
            from,
            until,
            ..self
        })
    }
}

/// That a merge was undone, with the root that it had absorbed: row `parting#<merge id>` of that one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PartingItem {
    profile_id: ProfileId,
    part: String,
    /// The root that had absorbed it.
    pub(super) survivor: ProfileId,
    /// The key of the identifier that had made the two one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) by_identifier: Option<String>,
    /// Under which ids it went meanwhile.
    pub(super) went_under: Vec<Stretch>,
}

impl PartingItem {
    pub(super) fn new(record: &MergeRecord, went_under: Vec<Stretch>) -> Self {
        Self {
            profile_id: record.absorbed,
            part: format!("{PARTING_PREFIX}{}", record.merge_id),
            survivor: record.profile_id,
            by_identifier: record.by_identifier.clone(),
            went_under,
        }
    }
}

/// A row that holds a consent, as far as merging goes by it; the rest is carried along untouched.
pub(super) struct ConsentRow {
    /// Whose decision it is, if it is not of the partition that it lies in.
    pub(super) member: Option<ProfileId>,
    pub(super) version: u64,
    pub(super) decision: Decision<Row>,
}

#[derive(Deserialize)]
struct ConsentItem {
    ruling: String,
    decided_at: Timestamp,
    version: u64,
    #[serde(default)]
    member: Option<ProfileId>,
}

impl TryFrom<Row> for ConsentRow {
    type Error = ProfileError;

    fn try_from(row: Row) -> Result<Self, ProfileError> {
        let item: ConsentItem =
            serde_dynamo::from_item(row.clone()).map_err(|_| ProfileError::Malformed)?;
        Ok(Self {
            member: item.member,
            version: item.version,
            decision: Decision {
                at: item.decided_at,
                is_withdrawn: item.ruling == "withdrawn",
                evidence: row,
            },
        })
    }
}

/// The part in which a row lies.
pub(super) fn part(row: &Row) -> Result<&str, ProfileError> {
    let part = row.get("part").and_then(|part| part.as_s().ok());
    part.map(String::as_str).ok_or(ProfileError::Malformed)
}
