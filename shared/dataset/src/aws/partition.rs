//! A member's partition: what is read and written of it for all datasets alike.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, ConditionCheck, Delete, KeysAndAttributes, TransactWriteItem},
};
use identity::ProfileId;
use lambda_kit::{
    Retry,
    dynamodb::{text, unmakeable},
    error::ServiceError,
};
use profile::{Closed, PROFILE_PART};
use serde::{Deserialize, de::DeserializeOwned};

use super::DatasetError;

/// How often what a call left out is asked for again.
const ROUNDS: u32 = 3;

/// Whoever may write here: the profile is there and neither settling nor erased. A member that was
/// merged into another one keeps its datasets, and goes on with them.
const IS_OPEN: &str =
    "attribute_exists(part) AND (attribute_not_exists(closed) OR closed = :merged)";

pub(super) type Row = HashMap<String, AttributeValue>;

/// The table's partitions.
#[derive(Debug, Clone)]
pub(super) struct Partitions {
    pub(super) client: Client,
    pub(super) table: String,
}

/// Rows that were read, by their part.
pub(super) struct Rows(HashMap<String, Row>);

#[derive(Deserialize)]
struct ProfileItem {
    #[serde(default)]
    closed: Option<Closed>,
}

impl Rows {
    /// The row of a part, if there is one.
    pub(super) fn take<T: DeserializeOwned>(
        &mut self,
        part: &str,
    ) -> Result<Option<T>, DatasetError> {
        self.0.remove(part).map(read).transpose()
    }

    /// Whether the row of the profile lets anybody in.
    pub(super) fn check_open(&mut self) -> Result<(), DatasetError> {
        let profile: Option<ProfileItem> = self.take(PROFILE_PART)?;
        let profile = profile.ok_or(DatasetError::UnknownProfile)?;
        match profile.closed {
            None | Some(Closed::Merged) => Ok(()),
            Some(Closed::Settling) => Err(DatasetError::Settling),
            Some(Closed::Erasing | Closed::Erased) => Err(DatasetError::UnknownProfile),
        }
    }
}

/// A row as one of type `T`.
pub(super) fn read<T: DeserializeOwned>(row: Row) -> Result<T, DatasetError> {
    serde_dynamo::from_item(row).map_err(|_| DatasetError::Malformed)
}

impl Partitions {
    /// The rows of `parts` as they are now, 100 at most.
    pub(super) async fn rows(
        &self,
        member: ProfileId,
        parts: impl IntoIterator<Item = String>,
    ) -> Result<Rows, DatasetError> {
        let keys: Vec<Row> = parts.into_iter().map(|part| key(member, part)).collect();
        if keys.is_empty() {
            return Ok(Rows(HashMap::new()));
        }
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true)
            .build()
            .map_err(|_| unmakeable())?;
        let mut rows = HashMap::new();
        let mut wanted = Some(HashMap::from([(self.table.clone(), keys)]));
        for _ in 0..ROUNDS {
            let answer = self
                .client
                .batch_get_item()
                .set_request_items(wanted)
                .send()
                .await
                .map_err(|error| ServiceError::new("dynamodb:BatchGetItem", &error))?;
            let found = answer.responses.unwrap_or_default().into_values().flatten();
            rows.extend(found.filter_map(|row| Some((part_of(&row)?, row))));
            wanted = answer.unprocessed_keys.filter(|left| !left.is_empty());
            if wanted.is_none() {
                return Ok(Rows(rows));
            }
        }
        Err(ServiceError {
            operation: "dynamodb:BatchGetItem",
            code: "UnprocessedKeys".to_owned(),
            retry: Retry::MayHelp,
        }
        .into())
    }

    /// A condition of a transaction: the partition is open.
    pub(super) fn is_open(&self, member: ProfileId) -> Result<TransactWriteItem, ServiceError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(key(member, PROFILE_PART.to_owned())))
            .condition_expression(IS_OPEN)
            .expression_attribute_values(":merged", text("merged"))
            .build()
            .map_err(|_| unmakeable())?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// Deletes a row that the transaction's other conditions say is no longer needed.
    pub(super) fn delete(
        &self,
        member: ProfileId,
        part: String,
    ) -> Result<TransactWriteItem, ServiceError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key(member, part)))
            .build()
            .map_err(|_| unmakeable())?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }
}

pub(super) fn key(member: ProfileId, part: String) -> Row {
    HashMap::from([
        ("profile_id".to_owned(), text(member)),
        ("part".to_owned(), text(part)),
    ])
}

/// The part that a row stands under.
pub(super) fn part_of(row: &Row) -> Option<String> {
    row.get("part")?.as_s().ok().cloned()
}
