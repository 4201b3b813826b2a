//! SQS batches: messages are independent, so they are handled side by side.

use std::error::Error;

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

    let mut response = BatchResponse::default();
    for (message, done) in batch.records.iter().zip(done) {
        if !done {
            response.fail(&message.message_id);
        }
    }
    Ok(response)
}
