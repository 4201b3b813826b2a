//! A table stream's event source mapping.

use std::{collections::VecDeque, fmt::Display, time::Duration};

use lambda_kit::Invocation;
use serde::Serialize;
use serde_json::{Value, json, value::RawValue};

use super::{
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

struct Batch {
    records: Vec<Value>,
    retries: usize,
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
            batches.push_back(Batch {
                records: records.to_vec(),
                retries: 0,
            });
        }
        let Some(batch) = batches.pop_front() else {
            return outcome;
        };
        outcome.deliveries += 1;
        assert!(
            outcome.deliveries <= MAX_DELIVERIES,
            "the stream of {table} does not come to rest"
        );
        let delivered = deliver(world, &batch.records, &handler).await;
        let again = after(&delivered, batch, world);
        if !again.is_empty() {
            tokio::time::sleep(PAUSE).await;
        }
        for batch in again.into_iter().rev() {
            if batch.retries > MAX_RETRIES {
                outcome.discarded.extend(batch.records);
            } else {
                batches.push_front(batch);
            }
        }
    }
}

/// What comes again of a batch, first things first.
fn after(delivered: &Result<Option<usize>, String>, mut batch: Batch, world: &World) -> Vec<Batch> {
    match delivered {
        Ok(None) => Vec::new(),
        Ok(Some(0)) => vec![Batch {
            retries: batch.retries + 1,
            ..batch
        }],
        Ok(Some(checkpoint)) => vec![Batch {
            records: batch.records.split_off(*checkpoint),
            retries: 0,
        }],
        Err(_) => {
            let parts = redelivered(batch.records, world.redelivery());
            let retries = if parts.len() == 1 {
                batch.retries + 1
            } else {
                batch.retries
            };
            parts
                .into_iter()
                .map(|records| Batch { records, retries })
                .collect()
        }
    }
}

/// One delivery; the place of the lowest record that was reported as failed.
async fn deliver<Out: Serialize, E: Display>(
    world: &World,
    records: &[Value],
    handler: &impl AsyncFn(&RawValue, Invocation) -> Result<Out, E>,
) -> Result<Option<usize>, String> {
    let event = json!({ "Records": records });
    let answer = attempt(world, FUNCTION_TIMEOUT, &event, handler).await?;
    let sequence_numbers: Vec<String> = records
        .iter()
        .filter_map(|record| {
            Some(
                record
                    .pointer("/dynamodb/SequenceNumber")?
                    .as_str()?
                    .to_owned(),
            )
        })
        .collect();
    Ok(failed_places(&answer, &sequence_numbers)?.first().copied())
}
