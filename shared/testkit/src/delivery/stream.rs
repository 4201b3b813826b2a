//! A table stream's event source mapping.

use std::{collections::VecDeque, fmt::Display, time::Duration};

use lambda_kit::Invocation;
use serde::Serialize;
use serde_json::{Value, json, value::RawValue};

use super::{
    Redelivery,
    attempt::attempt,
    batch::{failed_places, redelivered},
};
use crate::World;

const BATCH_SIZE: usize = 100;
const FUNCTION_TIMEOUT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_secs(1);
/// `MaximumRetryAttempts`; halving a batch does not use one up.
const MAX_RETRIES: usize = 10;
/// A function whose writes bring forth records without end comes to rest nowhere.
const MAX_DELIVERIES: usize = 10_000;

/// What became of the records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StreamOutcome {
    /// How many batches were delivered.
    pub deliveries: usize,
    /// The records that failed too often and went to the on-failure destination.
    pub discarded: Vec<Value>,
}

/// Records on their way to a function.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamBatch {
    /// The records, in their order.
    pub records: Vec<Value>,
    retries: usize,
}

impl StreamBatch {
    /// Records that come for the first time.
    #[must_use]
    pub const fn new(records: Vec<Value>) -> Self {
        Self {
            records,
            retries: 0,
        }
    }

    /// The event that the function gets.
    #[must_use]
    pub fn event(&self) -> Value {
        json!({ "Records": self.records })
    }

    /// The place of the lowest record that `answer` reports as failed.
    ///
    /// `Err` if the answer is not well-formed: then the whole batch counts as failed.
    pub fn first_failure(&self, answer: &Value) -> Result<Option<usize>, String> {
        let numbers = self.records.iter().filter_map(|record| {
            let number = record.pointer("/dynamodb/SequenceNumber")?.as_str()?;
            Some(number.to_owned())
        });
        let numbers: Vec<String> = numbers.collect();
        Ok(failed_places(answer, &numbers)?.first().copied())
    }

    /// What comes again after a delivery that came to the place of its lowest failure or to none at
    /// all, or failed as a whole: first things first.
    #[must_use]
    pub fn again(
        mut self,
        delivered: &Result<Option<usize>, String>,
        redelivery: Redelivery,
    ) -> Vec<Self> {
        match delivered {
            Ok(None) => Vec::new(),
            Ok(Some(0)) => vec![Self {
                retries: self.retries + 1,
                ..self
            }],
            Ok(Some(checkpoint)) => vec![Self::new(self.records.split_off(*checkpoint))],
            Err(_) => {
                let parts = redelivered(self.records, redelivery);
                let retries = if parts.len() == 1 {
                    self.retries + 1
                } else {
                    self.retries
                };
                parts
                    .into_iter()
                    .map(|records| Self { records, retries })
                    .collect()
            }
        }
    }

    /// Whether it failed too often, and goes to the on-failure destination.
    #[must_use]
    pub const fn is_given_up(&self) -> bool {
        self.retries > MAX_RETRIES
    }
}

/// Delivers the stream's records that have not been delivered yet, in order, in batches of 100,
/// until there are none, with those that the function's own writes bring forth. As the event source
/// mapping does it with `ReportBatchItemFailures` and `BisectBatchOnFunctionError`: after a crash
/// or an error the batch comes again, as it was or in halves, before anything later; from a
/// reported failure on, the rest comes again.
///
/// # Panics
/// If the function brings forth records without end.
pub async fn stream<Out: Serialize, E: Display>(
    world: &World,
    table: &str,
    handler: impl AsyncFn(&RawValue, Invocation) -> Result<Out, E>,
) -> StreamOutcome {
    let mut outcome = StreamOutcome::default();
    let mut batches = VecDeque::new();
    loop {
        for records in world.take_changes(table).chunks(BATCH_SIZE) {
            batches.push_back(StreamBatch::new(records.to_vec()));
        }
        let Some(batch) = batches.pop_front() else {
            return outcome;
        };
        outcome.deliveries += 1;
        assert!(
            outcome.deliveries <= MAX_DELIVERIES,
            "the stream of {table} does not come to rest"
        );
        let delivered = deliver(world, &batch, &handler).await;
        let again = batch.again(&delivered, world.redelivery());
        if !again.is_empty() {
            tokio::time::sleep(PAUSE).await;
        }
        for batch in again.into_iter().rev() {
            if batch.is_given_up() {
                outcome.discarded.extend(batch.records);
            } else {
                batches.push_front(batch);
            }
        }
    }
}

/// One delivery; the place of the lowest record that was reported as failed.
async fn deliver<Out: Serialize, E: Display>(
    world: &World,
    batch: &StreamBatch,
    handler: &impl AsyncFn(&RawValue, Invocation) -> Result<Out, E>,
) -> Result<Option<usize>, String> {
    let answer = attempt(world, FUNCTION_TIMEOUT, &batch.event(), handler).await?;
    batch.first_failure(&answer)
}
