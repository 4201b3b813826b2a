//! In comes the hour; out go the events that the stream did not relay. A stream keeps a change for
//! 24 hours and its consumer may be down for longer: what still lies in the outbox is found by the
//! sparse index `unrelayed`.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use aws_sdk_dynamodb::{Client, operation::query::QueryOutput, types::AttributeValue};
use aws_types::SdkConfig;
use event::{
    EventPublisher, OutboxItem, OutboxRelay, RELAY_SHARDS, RelayError, Relayable, UNRELAYED_INDEX,
    relay_at,
};
use lambda_kit::{
    Chain, Invocation,
    batch::RESERVE,
    clock::Clock,
    config::{ConfigError, Environment},
    dynamodb::text,
    error::ServiceError,
    metric::Metrics,
    parking::ParkingSender,
};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// How long the stream is given before the sweep takes a row for forgotten.
const GRACE: Duration = Duration::from_mins(10);

/// As many as `PutEvents` takes at once.
const CHUNK: i32 = 10;

type Item = HashMap<String, AttributeValue>;

/// What the function works with.
#[derive(Debug)]
pub struct App {
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

impl App {
    /// Reads `PROFILES_TABLE`, `EVENT_BUS_NAME` and `PARKING_QUEUE_URL`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let service = env!("CARGO_PKG_NAME");
        let publisher = EventPublisher::new(sdk, environment.required("EVENT_BUS_NAME")?);
        let parking = ParkingSender::new(sdk, environment.required("PARKING_QUEUE_URL")?);
        let metrics = Metrics::new(service, clock.clone());
        let table = environment.required("PROFILES_TABLE")?;
        let relay = OutboxRelay::new(sdk, table, publisher, parking, metrics, service);
        Ok(Self {
            client: Client::new(sdk),
            table: table.to_owned(),
            relay,
            clock,
        })
    }
}

/// Relays what has lain in the outbox for longer than the stream needs, shard by shard, for as long
/// as there is time. A row or a shard that fails does not keep the others waiting.
pub async fn handle(app: &App, invocation: Invocation) -> Result<Swept, SweepError> {
    let mut swept = Swept::default();
    let mut failure = None;
    for shard in 0..RELAY_SHARDS {
        if let Err(error) = Box::pin(sweep(app, &invocation, shard, &mut swept)).await {
            tracing::error!(shard, error = %Chain(&error), "a part of the outbox is left to the next sweep");
            failure = Some(error);
        }
    }
    failure.map_or(Ok(swept), Err)
}

async fn sweep(
    app: &App,
    invocation: &Invocation,
    shard: u8,
    swept: &mut Swept,
) -> Result<(), SweepError> {
    let mut next = None;
    let mut failure = None;
    while !invocation.is_running_out(&app.clock, RESERVE) {
        let page = forgotten(app, shard, next)
            .await
            .map_err(SweepError::Outbox)?;
        let rows: Vec<Row> = page
            .items
            .unwrap_or_default()
            .into_iter()
            .filter_map(Row::new)
            .collect();
        let relayables: Vec<Relayable<'_>> = rows.iter().map(Row::relayable).collect();
        for outcome in app.relay.relay(&relayables).await {
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

async fn forgotten(app: &App, shard: u8, from: Option<Item>) -> Result<QueryOutput, ServiceError> {
    let now = app.clock.now();
    let until = now.checked_sub(GRACE).unwrap_or(now);
    app.client
        .query()
        .table_name(&app.table)
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

/// A row of the outbox, as far as it can be read.
struct Row {
    profile_id: String,
    part: String,
    item: Option<OutboxItem>,
    payload: Box<RawValue>,
}

impl Row {
    /// `None` without a key, which the table does not let happen.
    fn new(item: Item) -> Option<Self> {
        let key = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned();
        let (profile_id, part) = (key("profile_id")?, key("part")?);
        // In the order of names, so that the same row is always parked as the same text.
        let payload: BTreeMap<_, _> = serde_dynamo::Item::from(item.clone())
            .into_inner()
            .into_iter()
            .collect();
        Some(Self {
            profile_id,
            part,
            item: serde_dynamo::from_item(item).ok(),
            payload: to_raw_value(&payload).ok()?,
        })
    }

    fn relayable(&self) -> Relayable<'_> {
        Relayable {
            key: (&self.profile_id, &self.part),
            row: self.item.as_ref(),
            payload: &self.payload,
        }
    }
}
