//! Batches from queues and streams, answered with partial failures.
//!
//! What becomes of a record:
//!
//! | transport | may be retried | never will be |
//! | --- | --- | --- |
//! | SQS | batch item failure | batch item failure; the dead-letter queue keeps it |
//! | stream | stop there, report that sequence number | the handler parks it with its cause, and goes on |

pub mod sqs;
pub mod stream;

use std::time::Duration;

use serde::Serialize;

/// Left untouched at the end of an invocation, so that the answer still gets out.
pub const RESERVE: Duration = Duration::from_secs(8);

/// Lambda's partial batch response. An empty list is success; an id that is empty or unknown would
/// fail the whole batch, so ids only ever come from the records at hand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    /// What has to be delivered again.
    pub batch_item_failures: Vec<ItemFailure>,
}

/// One record that has to be delivered again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemFailure {
    /// The message id (SQS) or the sequence number (streams).
    pub item_identifier: String,
}

impl BatchResponse {
    fn fail(&mut self, item_identifier: impl Into<String>) {
        self.batch_item_failures.push(ItemFailure {
            item_identifier: item_identifier.into(),
        });
    }
}

/// The batch itself can't be read, so that no record of it can be named: the whole of it fails. The
/// parser's reason is not told, since it would quote the batch.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a batch of records with ids")]
pub struct UnreadableBatch;
