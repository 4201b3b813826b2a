//! A queue's event source mapping.

use std::{collections::VecDeque, fmt::Display, time::Duration};

use jiff::Timestamp;
use lambda_kit::Invocation;
use serde::Serialize;
use serde_json::{Value, json, value::RawValue};

use super::{
    attempt::attempt,
    batch::{failed_places, redelivered},
};
use crate::{
    World,
    engine::{ACCOUNT, REGION, md5_of_body},
};

/// As many messages as a function gets at once.
pub const QUEUE_BATCH: usize = 10;
const FUNCTION_TIMEOUT: Duration = Duration::from_secs(30);
/// Six times the function's timeout, as the queues have it.
const VISIBILITY_TIMEOUT: Duration = Duration::from_mins(3);
/// What was received as often becomes a dead letter.
pub const MAX_RECEIVE_COUNT: usize = 5;

/// A message on its way to a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMessage {
    /// Its id.
    pub message_id: String,
    /// Its body.
    pub body: String,
    /// How often it has been received.
    pub receive_count: usize,
}

impl QueuedMessage {
    /// What a function gets of it that receives it from `queue` at `now`.
    #[must_use]
    pub fn record(&self, queue: &str, now: Timestamp) -> Value {
        let now = now.as_millisecond().to_string();
        json!({
            "messageId": self.message_id,
            "receiptHandle": format!("{}#{}", self.message_id, self.receive_count),
            "body": self.body,
            "attributes": {
                "ApproximateReceiveCount": self.receive_count.to_string(),
                "SentTimestamp": now,
                "SenderId": "AIDAIT2UOQQY3AUEKVGXU",
                "ApproximateFirstReceiveTimestamp": now,
            },
            "messageAttributes": {},
            "md5OfBody": md5_of_body(&self.body),
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"),
            "awsRegion": REGION,
        })
    }
}

/// What became of the messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueOutcome {
    /// How many batches were delivered.
    pub deliveries: usize,
    /// The messages that were received too often.
    pub dead_letters: Vec<QueuedMessage>,
}

/// Delivers messages with these bodies in batches of 10 until none is left, as the event source
/// mapping of `queue` does with `ReportBatchItemFailures`: after a crash or an error all of the
/// batch comes again when the visibility timeout has passed, else those that were reported.
/// What has been received 5 times becomes a dead letter.
pub async fn sqs<Out: Serialize, E: Display>(
    world: &World,
    queue: &str,
    bodies: impl IntoIterator<Item = String>,
    handler: impl AsyncFn(&RawValue, Invocation) -> Result<Out, E>,
) -> QueueOutcome {
    let mut outcome = QueueOutcome::default();
    let mut batches = batches(bodies);
    while let Some(mut batch) = batches.pop_front() {
        for message in &mut batch {
            message.receive_count += 1;
        }
        outcome
            .dead_letters
            .extend(batch.extract_if(.., |message| message.receive_count > MAX_RECEIVE_COUNT));
        if batch.is_empty() {
            continue;
        }
        outcome.deliveries += 1;
        let failed = match deliver(world, queue, &batch, &handler).await {
            Ok(failed) if failed.is_empty() => continue,
            Ok(failed) => vec![failed],
            Err(_) => redelivered(batch, world.redelivery()),
        };
        batches.extend(failed);
        tokio::time::sleep(VISIBILITY_TIMEOUT).await;
    }
    outcome
}

/// One delivery; the messages that are to come again alone.
async fn deliver<Out: Serialize, E: Display>(
    world: &World,
    queue: &str,
    batch: &[QueuedMessage],
    handler: &impl AsyncFn(&RawValue, Invocation) -> Result<Out, E>,
) -> Result<Vec<QueuedMessage>, String> {
    let now = world.clock().now();
    let records: Vec<Value> = batch
        .iter()
        .map(|message| message.record(queue, now))
        .collect();
    let event = json!({ "Records": records });
    let answer = attempt(world, FUNCTION_TIMEOUT, &event, handler).await?;
    let ids: Vec<String> = batch
        .iter()
        .map(|message| message.message_id.clone())
        .collect();
    let failed = failed_places(&answer, &ids)?;
    Ok(failed
        .into_iter()
        .filter_map(|place| batch.get(place).cloned())
        .collect())
}

fn batches(bodies: impl IntoIterator<Item = String>) -> VecDeque<Vec<QueuedMessage>> {
    let messages: Vec<QueuedMessage> = bodies
        .into_iter()
        .enumerate()
        .map(|(n, body)| {
            let message_id = format!("00000000-0000-4000-8000-{:012}", n + 1);
            QueuedMessage {
                message_id,
                body,
                receive_count: 0,
            }
        })
        .collect();
    messages.chunks(QUEUE_BATCH).map(<[_]>::to_vec).collect()
}
