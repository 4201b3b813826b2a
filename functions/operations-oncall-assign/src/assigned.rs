//! Which subscriptions of the topic are ours: row `on-call`, `assigned` of the table `config`.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::{Client, types::ReturnValuesOnConditionCheckFailure::AllOld};
use identity::PhoneNumber;
use jiff::Timestamp;
use lambda_kit::{
    dynamodb::{number, refused_put, text},
    error::ServiceError,
};
use serde::{Deserialize, Serialize};

const KIND: &str = "on-call";
const RECORD_ID: &str = "assigned";

/// The numbers that were subscribed by this function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Assigned {
    kind: String,
    record_id: String,
    pub(crate) numbers: BTreeSet<PhoneNumber>,
    /// One more with each write; 0 before the first.
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed_at: Option<Timestamp>,
}

/// Reads and writes the row: `dynamodb:GetItem` and `PutItem` on the table.
#[derive(Debug, Clone)]
pub(crate) struct AssignedStore {
    client: Client,
    table: String,
}

/// Why the row could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum AssignedError {
    /// DynamoDB did not do it.
    #[error("whom we subscribed can't be read or written")]
    Service(#[from] ServiceError),
    /// The row is not of the agreed shape.
    #[error("the row of whom we subscribed can't be read")]
    Malformed,
    /// Another run is at it.
    #[error("another run wrote whom we subscribed")]
    Overtaken,
}

impl Assigned {
    fn nobody() -> Self {
        Self {
            kind: KIND.to_owned(),
            record_id: RECORD_ID.to_owned(),
            numbers: BTreeSet::new(),
            version: 0,
            changed_at: None,
        }
    }

    /// The same with other numbers.
    pub(crate) fn with(self, numbers: BTreeSet<PhoneNumber>, now: Timestamp) -> Self {
        Self {
            numbers,
            version: self.version.saturating_add(1),
            changed_at: Some(now),
            ..self
        }
    }
}

impl AssignedStore {
    pub(crate) fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The row as it is now.
    pub(crate) async fn find(&self) -> Result<Assigned, AssignedError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("kind", text(KIND))
            .key("record_id", text(RECORD_ID))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let Some(row) = answer.item else {
            return Ok(Assigned::nobody());
        };
        serde_dynamo::from_item(row).map_err(|_| AssignedError::Malformed)
    }

    /// Writes the row on top of the version before its own. That our own stands there already is so when
    /// the SDK repeated a put whose acknowledgement was lost.
    pub(crate) async fn put(&self, assigned: &Assigned) -> Result<(), AssignedError> {
        let row = serde_dynamo::to_item(assigned).map_err(|_| AssignedError::Malformed)?;
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .expression_attribute_names("#version", "version")
            .return_values_on_condition_check_failure(AllOld);
        let put = match assigned.version.saturating_sub(1) {
            0 => put.condition_expression("attribute_not_exists(#version)"),
            before => put
                .condition_expression("#version = :before")
                .expression_attribute_values(":before", number(before)),
        };
        let Err(error) = put.send().await else {
            return Ok(());
        };
        let Some(found) = refused_put(&error) else {
            return Err(ServiceError::new("dynamodb:PutItem", &error).into());
        };
        let found: Option<Assigned> = serde_dynamo::from_item(found).ok();
        if found.as_ref() == Some(assigned) {
            Ok(())
        } else {
            Err(AssignedError::Overtaken)
        }
    }
}
