//! Writing a record, what became of its edit, and what is published, together.

use aws_sdk_dynamodb::{
    Client,
    types::{
        TransactWriteItem, Update,
        builders::{PutBuilder, UpdateBuilder},
    },
};
use jiff::Timestamp;
use lambda_kit::{
    dynamodb::{
        Row, TransactionFailure, batch_get, names, number, put, text, transact, transact_put,
        transact_update,
    },
    planted,
};
use serde::Serialize;

use super::StoreError;
use crate::{
    Count, EventKey, Kind, OUTCOME, OutcomeRow, PublishedItem, Record, RecordId,
    outcome::outcome_of, published::PUBLISHED,
};

/// The partition of counts.
const COUNT: &str = "count";

/// Reads and writes records: `dynamodb:BatchGetItem`, `PutItem` and `UpdateItem` on the table.
#[derive(Debug, Clone)]
pub struct RecordStore {
    client: Client,
    table: String,
}

/// How everything stands that a change of a record meets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Seen {
    /// The record, if there is a row of it.
    pub record: Option<Record>,
    /// The compiled row that it goes into, if there is one.
    pub published: Option<PublishedItem>,
    /// Whether the event's outcome is there: it came before.
    pub is_done: bool,
}

/// What is written together, each on top of the version before its own, or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Writing {
    /// The record; none of an event of which nobody can tell which that is.
    pub record: Option<Record>,
    /// What became of the edit, if that is decided.
    pub outcome: Option<OutcomeRow>,
    /// The compiled row, if it changes.
    pub published: Option<PublishedItem>,
    /// As what it is counted.
    pub count: Option<Count>,
}

/// Whether it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It stands as it was to.
    Done,
    /// Somebody else wrote before: it has to be looked at again.
    Overtaken,
}

impl RecordStore {
    /// A store in `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// How everything stands that `event` of the record `id` meets, as it is now.
    pub async fn look(
        &self,
        kind: &Kind,
        id: &RecordId,
        event: &EventKey,
    ) -> Result<Seen, StoreError> {
        let (outcome, of_event) = outcome_of(kind.name(), id, event);
        let keys = [
            key(kind.name(), id.as_str()),
            key(&outcome, &of_event),
            key(PUBLISHED, kind.published()),
        ];
        let mut seen = Seen::default();
        for row in batch_get(&self.client, &self.table, &keys).await? {
            let partition = row.get("kind").and_then(|kind| kind.as_s().ok());
            match partition.map(String::as_str) {
                Some(PUBLISHED) => seen.published = Some(read(row)?),
                Some(name) if name.starts_with(OUTCOME) => seen.is_done = true,
                _ => seen.record = Some(read(row)?),
            }
        }
        Ok(seen)
    }

    /// Writes all of it or nothing. Of an outcome that is there already everything was written before.
    pub async fn write(&self, writing: &Writing, now: Timestamp) -> Result<Put, StoreError> {
        let mut items = Vec::new();
        if let Some(record) = &writing.record {
            items.push(self.on_top(record, record.version)?);
        }
        if let Some(published) = &writing.published {
            items.push(self.on_top(published, published.version)?);
        }
        if let Some(outcome) = &writing.outcome {
            let outcome = put(&self.table, outcome)?;
            let outcome = transact_put(if_new(outcome))?;
            if planted::is_on("configuration-outcome-written-apart") {
                let written = self.transact(std::mem::take(&mut items)).await?;
                if written == Put::Overtaken {
                    return Ok(written);
                }
            }
            items.push(outcome);
        }
        if let Some(count) = writing.count {
            items.push(transact_update(self.counted(count, now))?);
        }
        self.transact(items).await
    }

    async fn transact(&self, items: Vec<TransactWriteItem>) -> Result<Put, StoreError> {
        match transact(&self.client, items).await {
            Ok(()) => Ok(Put::Done),
            Err(TransactionFailure::Refused(_)) => Ok(Put::Overtaken),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }

    /// A put on top of the version before `version`.
    fn on_top(&self, row: &impl Serialize, version: u64) -> Result<TransactWriteItem, StoreError> {
        let put = put(&self.table, row)?;
        let put = match version.saturating_sub(1) {
            _ if planted::is_on("configuration-written-unconditionally") => put,
            0 => if_new(put),
            before => put
                .condition_expression("#version = :before")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":before", number(before)),
        };
        Ok(transact_put(put)?)
    }

    /// Counted in the same transaction, each outcome is counted once.
    fn counted(&self, count: Count, now: Timestamp) -> UpdateBuilder {
        let name = match count {
            Count::Written => "written",
            Count::Unchanged => "unchanged",
            Count::Failed => "failed",
            Count::Unknown => "unknown",
        };
        let day = now.strftime("%Y-%m-%d").to_string();
        Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(COUNT, &day)))
            .update_expression("ADD #events :one, #count :one")
            .set_expression_attribute_names(Some(names(&["events"])))
            .expression_attribute_names("#count", name)
            .expression_attribute_values(":one", number(1))
    }
}

fn if_new(put: PutBuilder) -> PutBuilder {
    put.condition_expression("attribute_not_exists(#kind)")
        .expression_attribute_names("#kind", "kind")
}

fn key(kind: &str, record_id: &str) -> Row {
    Row::from([
        ("kind".to_owned(), text(kind)),
        ("record_id".to_owned(), text(record_id)),
    ])
}

fn read<T: serde::de::DeserializeOwned>(row: Row) -> Result<T, StoreError> {
    serde_dynamo::from_item(row).map_err(|_| StoreError::Malformed)
}
