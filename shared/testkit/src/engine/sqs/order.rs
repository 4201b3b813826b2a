//! Queues in order.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value;

use super::{Refusal, Sqs, optional};

/// For as long as this the same again is the same.
const REMEMBERED: Duration = Duration::from_mins(5);

impl Sqs {
    /// A queue in order takes what says in which order it is, and by what it is known again.
    pub(super) fn check_order(queue: &str, message: &Value) -> Result<(), Refusal> {
        if !is_in_order(queue) {
            return Ok(());
        }
        for field in ["MessageGroupId", "MessageDeduplicationId"] {
            if optional(message, field).is_none() {
                let reason = format!("The request must contain the parameter {field}.");
                return Err(("MissingParameter", reason));
            }
        }
        Ok(())
    }

    /// The id of the message that this one repeats, as a queue in order knows it.
    pub(super) fn taken_before(&self, queue: &str, message: &Value) -> Option<String> {
        let deduplication = optional(message, "MessageDeduplicationId")?;
        let all = self.all_made();
        let (at, id) = all.taken.get(&(queue.to_owned(), deduplication))?;
        let passed = self.clock.now().duration_since(*at);
        let remembered = SignedDuration::try_from(REMEMBERED).unwrap_or_default();
        (is_in_order(queue) && passed < remembered).then(|| id.clone())
    }

    /// Remembers a message that a queue in order has taken.
    pub(super) fn remember(&self, queue: &str, message: &Value, id: &str) {
        if let Some(deduplication) = optional(message, "MessageDeduplicationId") {
            let now = self.clock.now();
            let key = (queue.to_owned(), deduplication);
            self.all_made().taken.insert(key, (now, id.to_owned()));
        }
    }
}

fn is_in_order(queue: &str) -> bool {
    queue.strip_suffix(".fifo").is_some()
}
