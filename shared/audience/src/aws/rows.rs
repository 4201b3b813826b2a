//! The rows of the table `audiences`.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use event::relay_at;
use identity::ProfileId;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::dynamodb::text;
use serde::{Deserialize, Serialize};

use super::AudienceError;
use crate::{Audience, Standing, audience::shard_of, cursor::RESUMABLE};

/// A row as it lies in the table.
pub(super) type Row = HashMap<String, AttributeValue>;

/// By how much a change outlives the last cursor that may lead to it: clocks differ.
const MARGIN: SignedDuration = SignedDuration::from_hours(24);

/// The part that counts the changes of a shard.
pub(super) const HEAD: &str = "head";

/// That a person belongs to an audience: row `<tenant>#<purpose>` of the partition that has their
/// id. All other rows about them follow from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Membership {
    #[serde(rename = "audience")]
    pub(super) profile_id: ProfileId,
    /// The audience.
    pub(super) part: String,
    #[serde(flatten)]
    pub(super) standing: Standing,
    /// The number of the change that made it.
    pub(super) sequence: u64,
    /// The sparse index's partition, if the grant ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expiry_shard: Option<String>,
    /// The sparse index's order: when it does, in milliseconds of one length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

impl Membership {
    pub(super) fn new(
        id: ProfileId,
        audience: &Audience,
        standing: Standing,
        sequence: u64,
    ) -> Self {
        let ends_at = standing.ends_at;
        Self {
            profile_id: id,
            part: audience.to_string(),
            standing,
            sequence,
            expiry_shard: ends_at.map(|_| shard_of(id).to_string()),
            expires_at: ends_at.map(relay_at),
        }
    }

    pub(super) fn audience(&self) -> Result<Audience, AudienceError> {
        self.part.parse().map_err(|_| AudienceError::Malformed)
    }
}

/// A row by which an audience is gone through: nothing but whom it leads to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct IndexItem {
    pub(super) audience: String,
    pub(super) part: String,
    pub(super) profile_id: ProfileId,
}

/// That somebody came, changed or left: row `change#<number>` of a shard.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ChangeItem {
    pub(super) audience: String,
    pub(super) part: String,
    pub(super) profile_id: ProfileId,
    /// Whether they left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_gone: bool,
    /// When that was seen.
    pub(super) at: Timestamp,
    /// In seconds since 1970; DynamoDB removes the row some time after that.
    pub(super) purge_at: i64,
}

impl ChangeItem {
    pub(super) fn new(
        (id, audience): (ProfileId, &Audience),
        sequence: u64,
        is_gone: bool,
        at: Timestamp,
    ) -> Self {
        let kept = RESUMABLE + MARGIN;
        let purge_at = at.saturating_add(kept).unwrap_or(Timestamp::MAX);
        Self {
            audience: audience.partition(shard_of(id)),
            part: change_part(sequence),
            profile_id: id,
            is_gone,
            at,
            purge_at: purge_at.as_second(),
        }
    }

    pub(super) fn sequence(&self) -> Result<u64, AudienceError> {
        let digits = self.part.strip_prefix("change#");
        let sequence = digits.and_then(|digits| digits.parse().ok());
        sequence.ok_or(AudienceError::Malformed)
    }
}

/// How many changes a shard has had: row `head`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) audience: String,
    part: String,
    pub(super) sequence: u64,
}

/// The part of a change; numbers of one length, so that they sort as texts.
pub(super) fn change_part(sequence: u64) -> String {
    format!("change#{sequence:020}")
}

/// The key of a row.
pub(super) fn key(audience: impl Into<String>, part: impl Into<String>) -> Row {
    Row::from([
        ("audience".to_owned(), text(audience)),
        ("part".to_owned(), text(part)),
    ])
}

pub(super) fn read<T: serde::de::DeserializeOwned>(row: Row) -> Result<T, AudienceError> {
    serde_dynamo::from_item(row).map_err(|_| AudienceError::Malformed)
}
