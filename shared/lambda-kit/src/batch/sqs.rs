//! SQS batches: messages are independent, so they are handled side by side.

use std::{collections::BTreeSet, error::Error, time::Duration};

use futures_util::{StreamExt, stream};
use serde::Deserialize;
use serde_json::value::RawValue;
use tracing::Instrument;

use super::{BatchResponse, RESERVE, UnreadableBatch};
use crate::{Chain, Invocation, clock::Clock};

/// How many messages of a batch are under way at once.
const CONCURRENCY: usize = 8;

/// One message of a batch.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// SQS's id of the message.
    pub message_id: String,
    /// The body as it was sent.
    pub body: String,
    /// The ARN of the queue that it comes from.
    #[serde(rename = "eventSourceARN", default)]
    pub queue_arn: String,
    /// By what the queue is told how long to hide it.
    #[serde(default)]
    pub receipt_handle: String,
    #[serde(default)]
    attributes: Attributes,
}

/// What the queue says of a message.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    message_group_id: Option<String>,
}

impl Message {
    /// The messages that it waits for: those of its group, in a FIFO queue.
    #[must_use]
    pub fn in_order_with(&self) -> Option<&str> {
        let is_fifo = self.queue_arn.strip_suffix(".fifo").is_some();
        self.attributes
            .message_group_id
            .as_deref()
            .filter(|_| is_fifo)
    }
}

#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Message>,
}

/// Hands every message to `handle`. Those that fail, and those for which no time is left, are
/// reported as batch item failures and stay in the queue.
///
/// # Errors
/// When the event is no SQS batch at all.
pub async fn process<E, F>(
    event: &RawValue,
    invocation: &Invocation,
    clock: &Clock,
    handle: F,
) -> Result<BatchResponse, UnreadableBatch>
where
    E: Error + 'static,
    F: AsyncFn(&Message) -> Result<(), E>,
{
    let batch: Batch = serde_json::from_str(event.get()).map_err(|_| UnreadableBatch)?;
    let handle = &handle;
    let outcomes = batch.records.iter().map(|message| {
        let span = tracing::info_span!("message", message.id = %message.message_id, correlation.id = tracing::field::Empty);
        // Boxed once per message: the future reaches deep into the SDK and is tens of kilobytes.
        Box::pin(
            async move {
                if invocation.is_running_out(clock, RESERVE) {
                    tracing::warn!("no time is left for this message");
                    return false;
                }
                let outcome = handle(message).await;
                if let Err(error) = &outcome {
                    tracing::error!(error = %Chain(error), "the message failed");
                }
                outcome.is_ok() || crate::planted::is_on("sqs-failure-swallowed")
            }
            .instrument(span),
        )
    });
    let done: Vec<bool> = stream::iter(outcomes).buffered(CONCURRENCY).collect().await;
    Ok(answer(&batch.records, &done))
}

/// Hands the messages to `handle` one after the other, for work that keeps the processor busy, while more than
/// `reserve` is left. Behind one that failed, those of its group are left to come again in their order.
///
/// # Errors
/// When the event is no SQS batch at all.
pub async fn process_in_turn<E, F>(
    event: &RawValue,
    invocation: &Invocation,
    (clock, reserve): (&Clock, Duration),
    handle: F,
) -> Result<BatchResponse, UnreadableBatch>
where
    E: Error + 'static,
    F: AsyncFn(&Message) -> Result<(), E>,
{
    let messages = read(event)?;
    let mut done = Vec::with_capacity(messages.len());
    let mut behind = BTreeSet::new();
    for message in &messages {
        let group = message.in_order_with();
        let must_wait = group.is_some_and(|group| behind.contains(group));
        let is_done = !must_wait
            && !invocation.is_running_out(clock, reserve)
            && {
                let span = tracing::info_span!("message", message.id = %message.message_id, correlation.id = tracing::field::Empty);
                // Boxed once per message, as above.
                let outcome = Box::pin(handle(message)).instrument(span).await;
                if let Err(error) = &outcome {
                    tracing::warn!(error = %Chain(error), "the message stays in the queue");
                }
                outcome.is_ok()
            };
        if !is_done && !crate::planted::is_on("order-lost-behind-a-failure") {
            behind.extend(group);
        }
        done.push(is_done);
    }
    Ok(answer(&messages, &done))
}

/// The messages of a batch, for whoever does their work together.
///
/// # Errors
/// When the event is no SQS batch at all.
pub fn read(event: &RawValue) -> Result<Vec<Message>, UnreadableBatch> {
    let batch: Batch = serde_json::from_str(event.get()).map_err(|_| UnreadableBatch)?;
    Ok(batch.records)
}

/// The answer to a batch of `messages`, of which those are done for which it says so.
#[must_use]
pub fn answer(messages: &[Message], done: &[bool]) -> BatchResponse {
    let mut response = BatchResponse::default();
    for (message, done) in messages.iter().zip(done) {
        if !done {
            response.fail(&message.message_id);
        }
    }
    response
}
