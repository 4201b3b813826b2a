//! Relays what the stream left behind. A stream keeps a change for 24 hours and its consumer may be
//! down for longer: what still lies in an outbox is found by the sparse index `unrelayed`.

use std::time::Duration;

use aws_sdk_dynamodb::{Client, operation::query::QueryOutput};
use lambda_kit::{
    Chain, Invocation,
    batch::RESERVE,
    clock::Clock,
    dynamodb::{Row, text},
    error::ServiceError,
};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{OutboxRelay, Outgoing, RelayError, Relayable};
use crate::{RELAY_SHARDS, UNRELAYED_INDEX, relay_at};

/// How long the stream is given before the sweep takes a row for forgotten.
const GRACE: Duration = Duration::from_mins(10);

/// As many as `PutEvents` takes at once.
const CHUNK: i32 = 10;

/// Goes through an outbox: `dynamodb:Query` on its index `unrelayed`, beside what the relay does.
#[derive(Debug, Clone)]
pub struct Sweeper {
    client: Client,
    table: String,
    relay: OutboxRelay,
    clock: Clock,
}

/// What a sweep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Swept {
    /// Rows published or parked.
    pub relayed: usize,
}

/// Why a sweep ended early. The next one begins anew.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The index can't be read.
    #[error("the outbox can't be read")]
    Outbox(#[source] ServiceError),
    /// Some rows are still to be relayed.
    #[error("rows of the outbox could not be relayed")]
    Relay(#[source] RelayError),
}

/// A row that the stream left behind, as far as it can be read.
#[derive(Debug)]
pub struct Forgotten {
    /// The row's key: its attributes' names and values.
    pub key: Vec<(&'static str, String)>,
    /// Its event; `None` if there is none in it.
    pub event: Option<Outgoing>,
    /// What is parked if it can't be published.
    pub payload: Box<RawValue>,
}

impl Forgotten {
    fn relayable(&self) -> Relayable<'_> {
        let key = self.key.iter();
        Relayable {
            key: key.map(|(name, value)| (*name, value.as_str())).collect(),
            event: self.event.clone(),
            payload: &self.payload,
        }
    }
}

impl Sweeper {
    /// A sweeper of the outbox in `table`, from which `relay` relays.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        relay: OutboxRelay,
        clock: Clock,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            relay,
            clock,
        }
    }

    /// Relays what has lain in the outbox for longer than the stream needs, shard by shard, for as
    /// long as there is time; `read` takes a row for what it is, or for none if it lacks its key. A
    /// row or a shard that fails does not keep the others waiting.
    pub async fn sweep(
        &self,
        invocation: &Invocation,
        read: impl Fn(Row) -> Option<Forgotten>,
    ) -> Result<Swept, SweepError> {
        let mut swept = Swept::default();
        let mut failure = None;
        for shard in 0..RELAY_SHARDS {
            let shard_swept = Box::pin(self.sweep_shard(invocation, shard, &read, &mut swept));
            if let Err(error) = shard_swept.await {
                tracing::error!(shard, error = %Chain(&error), "a part of the outbox is left to the next sweep");
                failure = Some(error);
            }
        }
        failure.map_or(Ok(swept), Err)
    }

    async fn sweep_shard(
        &self,
        invocation: &Invocation,
        shard: u8,
        read: &impl Fn(Row) -> Option<Forgotten>,
        swept: &mut Swept,
    ) -> Result<(), SweepError> {
        let mut next = None;
        let mut failure = None;
        while !invocation.is_running_out(&self.clock, RESERVE) {
            let page = self.forgotten(shard, next).await;
            let page = page.map_err(SweepError::Outbox)?;
            let rows = page.items.unwrap_or_default().into_iter();
            let rows: Vec<Forgotten> = rows.filter_map(read).collect();
            let relayables: Vec<Relayable<'_>> = rows.iter().map(Forgotten::relayable).collect();
            for outcome in self.relay.relay(&relayables).await {
                match outcome {
                    Ok(()) => swept.relayed += 1,
                    Err(error) => failure = Some(SweepError::Relay(error)),
                }
            }
            next = page.last_evaluated_key;
            if next.is_none() {
                break;
            }
        }
        failure.map_or(Ok(()), Err)
    }

    async fn forgotten(&self, shard: u8, from: Option<Row>) -> Result<QueryOutput, ServiceError> {
        let now = self.clock.now();
        let until = now.checked_sub(GRACE).unwrap_or(now);
        self.client
            .query()
            .table_name(&self.table)
            .index_name(UNRELAYED_INDEX)
            .key_condition_expression("relay_shard = :shard AND relay_at < :until")
            .expression_attribute_values(":shard", text(shard.to_string()))
            .expression_attribute_values(":until", text(relay_at(until)))
            .limit(CHUNK)
            .set_exclusive_start_key(from)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))
    }
}
