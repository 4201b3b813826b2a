//! To the queues of tenants, in batches.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use aws_sdk_sqs::{
    Client,
    types::{BatchResultErrorEntry, MessageAttributeValue, SendMessageBatchRequestEntry},
};
use aws_types::SdkConfig;
use futures_util::{StreamExt as _, stream};
use lambda_kit::{error::ServiceError, planted};

/// As many messages as a call takes, and as many bytes: less than a mebibyte, of which attributes count too.
const MOST_ENTRIES: usize = 10;
const MOST_BYTES: usize = 1_000_000;

/// To as many queues messages are sent at once.
const QUEUES_AT_ONCE: usize = 8;

/// How often what a call did not take is sent again.
const ROUNDS: u32 = 3;

/// The attribute by which a receiver tells a message that it already has.
const IDEMPOTENCY_KEY: &str = "idempotency.key";

/// A message for a queue.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    /// The queue.
    pub(crate) queue_url: String,
    /// Its body.
    pub(crate) body: String,
    /// With which others it is in turn, or in order.
    pub(crate) group: String,
    /// What tells it from every other, in a FIFO queue.
    pub(crate) deduplication: Option<String>,
    /// What tells it from every other.
    pub(crate) key: String,
    /// The place of the message that it follows from.
    pub(crate) from: usize,
}

/// Sends to the queues of tenants and to the backlog: `sqs:SendMessage` on these.
#[derive(Debug, Clone)]
pub(crate) struct QueueSender {
    client: Client,
}

impl QueueSender {
    pub(crate) fn new(sdk: &SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
        }
    }

    /// Sends all; gives the places of those messages of which something was not sent. Queues are independent of
    /// each other. Within a FIFO queue nothing overtakes what failed before it in its group.
    pub(crate) async fn send(&self, all: Vec<Outgoing>) -> BTreeSet<usize> {
        let mut queues: BTreeMap<String, Vec<Outgoing>> = BTreeMap::new();
        for outgoing in all {
            let queue = queues.entry(outgoing.queue_url.clone()).or_default();
            queue.push(outgoing);
        }
        let sent = queues
            .values()
            // Boxed: each reaches deep into the SDK and is kilobytes.
            .map(|queue| Box::pin(self.send_to(queue)));
        let failed: Vec<BTreeSet<usize>> = stream::iter(sent)
            .buffer_unordered(QUEUES_AT_ONCE)
            .collect()
            .await;
        failed.into_iter().flatten().collect()
    }

    async fn send_to(&self, queue: &[Outgoing]) -> BTreeSet<usize> {
        let mut failed = BTreeSet::new();
        let mut behind: BTreeSet<&str> = BTreeSet::new();
        let mut rest = queue;
        while !rest.is_empty() {
            let (call, later) = rest.split_at(fitting(rest));
            rest = later;
            let (waiting, sendable): (Vec<&Outgoing>, Vec<&Outgoing>) =
                call.iter().partition(|each| {
                    each.deduplication.is_some() && behind.contains(each.group.as_str())
                });
            failed.extend(waiting.iter().map(|each| each.from));
            for unsent in self.send_call(sendable).await {
                behind.insert(&unsent.group);
                failed.insert(unsent.from);
            }
        }
        failed
    }

    /// Sends what fits into one call, and again what of it was not taken; gives what was not.
    async fn send_call<'a>(&self, mut left: Vec<&'a Outgoing>) -> Vec<&'a Outgoing> {
        for round in 1..=ROUNDS {
            let Some(first) = left.first() else {
                break;
            };
            let refused = match self.call(first, &left).await {
                Ok(refused) => refused,
                Err(error) => {
                    tracing::warn!(%error, "messages can't be sent to a tenant's queue");
                    return left;
                }
            };
            if planted::is_on("extension-batch-taken-for-sent") {
                return Vec::new();
            }
            let passes = |id: usize| {
                let told = refused.iter().find(|each| each.id() == id.to_string());
                told.map(|each| !each.sender_fault())
            };
            let again = left.iter().enumerate();
            let again: Vec<(&Outgoing, bool)> = again
                .filter_map(|(id, each)| passes(id).map(|may_pass| (*each, may_pass)))
                .collect();
            // What is wrong with a message itself does not pass; its neighbours are sent all the same.
            let is_hopeless = again.iter().all(|(_, may_pass)| !may_pass);
            left = again.into_iter().map(|(each, _)| each).collect();
            if left.is_empty() || is_hopeless {
                break;
            }
            tokio::time::sleep(Duration::from_millis(40 << round)).await;
        }
        left
    }

    async fn call(
        &self,
        first: &Outgoing,
        all: &[&Outgoing],
    ) -> Result<Vec<BatchResultErrorEntry>, ServiceError> {
        let entries: Option<Vec<_>> = all
            .iter()
            .enumerate()
            .map(|(id, each)| entry(id, each))
            .collect();
        let sent = self
            .client
            .send_message_batch()
            .queue_url(&first.queue_url)
            .set_entries(entries)
            .send()
            .await
            .map_err(|error| ServiceError::new("sqs:SendMessageBatch", &error))?;
        Ok(sent.failed)
    }
}

/// The builders refuse only what has no body or no data type.
fn entry(id: usize, outgoing: &Outgoing) -> Option<SendMessageBatchRequestEntry> {
    let key = MessageAttributeValue::builder()
        .data_type("String")
        .string_value(&outgoing.key)
        .build()
        .ok()?;
    SendMessageBatchRequestEntry::builder()
        .id(id.to_string())
        .message_body(&outgoing.body)
        .message_group_id(&outgoing.group)
        .set_message_deduplication_id(outgoing.deduplication.clone())
        .message_attributes(IDEMPOTENCY_KEY, key)
        .build()
        .ok()
}

/// How many messages, from the first on, go into one call.
fn fitting(queue: &[Outgoing]) -> usize {
    let mut bytes = 0;
    let fit = queue.iter().take(MOST_ENTRIES).take_while(|each| {
        bytes += each.body.len() + each.key.len() + 64;
        bytes <= MOST_BYTES
    });
    // One that is too large by itself goes alone, to be refused by itself.
    fit.count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_takes_ten_messages_and_less_than_its_bytes() {
        let of = |bytes: usize| Outgoing {
            queue_url: "q".to_owned(),
            body: "x".repeat(bytes),
            group: "g".to_owned(),
            deduplication: None,
            key: "k".to_owned(),
            from: 0,
        };
        assert_eq!(fitting(&vec![of(10); 25]), 10);
        assert_eq!(fitting(&vec![of(300_000); 5]), 3);
        assert_eq!(fitting(&vec![of(2_000_000); 2]), 1);
    }
}
