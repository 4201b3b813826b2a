//! DynamoDB stream batches: records are handled in order, up to the first that fails.

use std::error::Error;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{BatchResponse, RESERVE, UnreadableBatch};
use crate::{Chain, Invocation, clock::Clock};

/// One change of one item.
#[derive(Debug, Clone)]
pub struct Record {
    /// The change's place in its shard.
    pub sequence_number: String,
    /// `INSERT`, `MODIFY` or `REMOVE`.
    pub event_name: String,
    keys: serde_dynamo::Item,
    new_image: Option<serde_dynamo::Item>,
    old_image: Option<serde_dynamo::Item>,
    /// Who made the change, if it was a service of AWS.
    by: Option<String>,
    raw: Box<RawValue>,
}

/// Who removes a row whose time has come.
const BY_AGE: &str = "dynamodb.amazonaws.com";

impl Record {
    /// A string attribute of the item's key.
    #[must_use]
    pub fn key(&self, attribute: &str) -> Option<&str> {
        match self.keys.get(attribute) {
            Some(serde_dynamo::AttributeValue::S(value)) => Some(value),
            _ => None,
        }
    }

    /// The item after the change, as a row of type `T`; `None` where there is none or it has
    /// another shape. The reason is not told, since it would quote the item.
    #[must_use]
    pub fn new_image<T: DeserializeOwned>(&self) -> Option<T> {
        serde_dynamo::from_item(self.new_image.clone()?).ok()
    }

    /// The item before the change, as [`new_image`](Self::new_image) has the one after it.
    #[must_use]
    pub fn old_image<T: DeserializeOwned>(&self) -> Option<T> {
        serde_dynamo::from_item(self.old_image.clone()?).ok()
    }

    /// Whether the item is gone since its time to live was over, and not since somebody deleted it
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html>).
    #[must_use]
    pub fn has_expired(&self) -> bool {
        self.event_name == "REMOVE" && self.by.as_deref() == Some(BY_AGE)
    }

    /// The record as Lambda delivered it.
    #[must_use]
    pub fn raw(&self) -> &RawValue {
        &self.raw
    }
}

#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "eventName", default)]
    event_name: String,
    #[serde(rename = "userIdentity", default)]
    user_identity: RawValueOrNull,
    dynamodb: Change,
}

#[derive(Deserialize)]
struct UserIdentity {
    #[serde(rename = "principalId")]
    principal_id: String,
}

#[derive(Deserialize)]
struct Change {
    #[serde(rename = "SequenceNumber")]
    sequence_number: String,
    #[serde(rename = "Keys", default)]
    keys: RawValueOrNull,
    #[serde(rename = "NewImage", default)]
    new_image: RawValueOrNull,
    #[serde(rename = "OldImage", default)]
    old_image: RawValueOrNull,
}

/// An image is read apart from its envelope, so that one that can't be read leaves the sequence
/// number readable: its record can then be parked instead of failing the whole batch.
type RawValueOrNull = Option<Box<RawValue>>;

impl TryFrom<Box<RawValue>> for Record {
    type Error = serde_json::Error;

    fn try_from(raw: Box<RawValue>) -> Result<Self, serde_json::Error> {
        let envelope: Envelope = serde_json::from_str(raw.get())?;
        Ok(Self {
            sequence_number: envelope.dynamodb.sequence_number,
            event_name: envelope.event_name,
            keys: envelope
                .dynamodb
                .keys
                .and_then(|keys| serde_json::from_str(keys.get()).ok())
                .unwrap_or_default(),
            new_image: envelope
                .dynamodb
                .new_image
                .and_then(|image| serde_json::from_str(image.get()).ok()),
            old_image: envelope
                .dynamodb
                .old_image
                .and_then(|image| serde_json::from_str(image.get()).ok()),
            by: envelope
                .user_identity
                .and_then(|who| serde_json::from_str(who.get()).ok())
                .map(|UserIdentity { principal_id }| principal_id),
            raw,
        })
    }
}

/// Hands the records that `concerns` picks to `handle`, in order and at most `chunk` at a time.
/// `handle` answers for each record of its chunk. At the first failure, or when no time is left,
/// the walk stops and that record's sequence number is reported: Lambda delivers from there on
/// again.
///
/// # Errors
/// When the event is no stream batch, or a record of it has no sequence number.
pub async fn process<E, F>(
    event: &RawValue,
    invocation: &Invocation,
    clock: &Clock,
    chunk: usize,
    concerns: impl Fn(&Record) -> bool,
    handle: F,
) -> Result<BatchResponse, UnreadableBatch>
where
    E: Error + 'static,
    F: AsyncFn(&[Record]) -> Vec<Result<(), E>>,
{
    let batch: Batch = serde_json::from_str(event.get()).map_err(|_| UnreadableBatch)?;
    let records: Vec<Record> = batch
        .records
        .into_iter()
        .map(Record::try_from)
        .filter(|record| record.as_ref().map_or(true, &concerns))
        .collect::<Result<_, _>>()
        .map_err(|_| UnreadableBatch)?;

    let mut response = BatchResponse::default();
    for chunk in records.chunks(chunk) {
        if let Some(failed) = first_failure(chunk, invocation, clock, &handle).await {
            if !crate::planted::is_on("stream-failure-swallowed") {
                response.fail(&failed.sequence_number);
            }
            break;
        }
    }
    Ok(response)
}

async fn first_failure<'a, E, F>(
    chunk: &'a [Record],
    invocation: &Invocation,
    clock: &Clock,
    handle: &F,
) -> Option<&'a Record>
where
    E: Error + 'static,
    F: AsyncFn(&[Record]) -> Vec<Result<(), E>>,
{
    if invocation.is_running_out(clock, RESERVE) {
        tracing::warn!("no time is left for the rest of the batch");
        return chunk.first();
    }
    // Boxed once per chunk: the future reaches deep into the SDK and is tens of kilobytes.
    let outcomes = Box::pin(handle(chunk)).await;
    let (failed, error) = chunk
        .iter()
        .zip(outcomes)
        .find_map(|(record, outcome)| Some((record, outcome.err()?)))?;
    tracing::error!(record.sequence_number = %failed.sequence_number, error = %Chain(&error), "the batch stops at this record");
    Some(failed)
}
