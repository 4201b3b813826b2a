//! In come messages that a topic of another account delivered to a queue, raw; each is an event, or says
//! where one lies, and an event may say where its data lies. What can't be taken stays in the queue.

use aws_sdk_s3::{Client, config::Region};
use aws_types::SdkConfig;
use payload::{
    Buckets, Claim, InvalidPointer, PayloadReader, Pointer, ReadError, Received, SqsRecord,
    Unreadable,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The largest event that is taken into memory; data that it only refers to may be of any size.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The attribute that is the same whenever the same event comes.
const IDEMPOTENCY_KEY: &str = "idempotency.key";

/// What the consumer works with.
#[derive(Debug, Clone)]
pub struct Consumer {
    reader: PayloadReader,
    buckets: Buckets,
}

/// An event that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// By what it is known: whoever must not do something twice remembers it, since it may come twice.
    pub key: Option<String>,
    /// Its type.
    pub kind: String,
    /// How many bytes it has.
    pub bytes: usize,
    /// How many bytes the data has to which it refers.
    pub data_bytes: u64,
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// Neither a message nor a pointer to one in the bucket.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// What it points to can't be read.
    #[error(transparent)]
    Fetch(#[from] ReadError),
    /// Its data lies where this consumer does not read.
    #[error(transparent)]
    Elsewhere(#[from] InvalidPointer),
    /// It is no event.
    #[error("the message is no event")]
    NoEvent,
}

/// What is delivered is no batch of a queue.
#[derive(Debug, thiserror::Error)]
#[error("the event is no batch of a queue")]
pub struct UnreadableBatch;

/// What matters here of an event.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    dataref: Option<String>,
    databytes: Option<u64>,
}

#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<SqsRecord>,
}

/// Which messages stay in the queue.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    batch_item_failures: Vec<Failure>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

impl Consumer {
    /// One that reads from `bucket`, which is in `region`, and from no other.
    #[must_use]
    pub fn new(sdk: &SdkConfig, bucket: &str, region: &str) -> Self {
        let there = aws_sdk_s3::config::Builder::from(sdk).region(Region::new(region.to_owned()));
        Self {
            reader: PayloadReader::new(Client::from_conf(there.build())),
            buckets: Buckets::only([bucket]),
        }
    }

    /// Takes one message.
    pub async fn take(&self, record: SqsRecord) -> Result<Taken, TakeError> {
        let attributes = record.message_attributes.as_ref();
        let key = attributes.and_then(|attributes| attributes.get(IDEMPOTENCY_KEY));
        let key = key.and_then(|attribute| attribute.text.clone());
        let text = match Received::of_sqs(record, &self.buckets)? {
            Received::Inline(text) => text,
            Received::Claim(claim) => self.reader.text(&claim, LARGEST).await?,
        };
        let event: Event = serde_json::from_str(&text).map_err(|_| TakeError::NoEvent)?;
        let data_bytes = match (&event.dataref, event.databytes) {
            (Some(place), Some(bytes)) => self.read(place, bytes).await?,
            _ => 0,
        };
        Ok(Taken {
            key,
            kind: event.kind,
            bytes: text.len(),
            data_bytes,
        })
    }

    /// Reads the `bytes` at `place`, of which only a range is in memory at a time. What is done with them
    /// holds only once all were read: then they are what was written.
    async fn read(&self, place: &str, bytes: u64) -> Result<u64, TakeError> {
        let pointer = Pointer::of_uri(place, &self.buckets)?;
        let mut data = self.reader.open(&Claim { pointer, bytes }).await?;
        let mut read = 0;
        while let Some(range) = data.next().await? {
            read += u64::try_from(range.len()).unwrap_or_default();
        }
        Ok(read)
    }
}

/// Takes a batch, message by message. Some never will be readable: the dead-letter queue keeps them, so
/// that somebody sees them.
pub async fn handle(consumer: &Consumer, event: &RawValue) -> Result<Answer, UnreadableBatch> {
    let batch: Batch = serde_json::from_str(event.get()).map_err(|_| UnreadableBatch)?;
    let mut answer = Answer::default();
    for record in batch.records {
        let id = record.message_id.clone();
        match consumer.take(record).await {
            Ok(taken) => tracing::info!(
                key = taken.key,
                kind = taken.kind,
                bytes = taken.bytes,
                data_bytes = taken.data_bytes,
                "an event was taken"
            ),
            Err(error) => {
                tracing::error!(%error, message.id = %id, "a message stays in the queue");
                let item_identifier = id;
                answer.batch_item_failures.push(Failure { item_identifier });
            }
        }
    }
    Ok(answer)
}
