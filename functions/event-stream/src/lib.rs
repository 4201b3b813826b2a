//! In come changes of the table `events`; out goes, on the bus, that events of partners are there.

use std::time::Duration;

use aws_types::SdkConfig;
use event::{EventPublisher, OutboxRelay, RelayError, Relayable, relay_at};
use intake::{EventItem, pointer};
use lambda_kit::{
    Invocation,
    batch::{
        BatchResponse, UnreadableBatch,
        stream::{self, Record},
    },
    clock::{Clock, later},
    config::{ConfigError, Environment},
    metric::Metrics,
    parking::ParkingSender,
};
use serde::Deserialize;
use serde_json::value::RawValue;

/// As many as `PutEvents` takes at once.
const CHUNK: usize = 10;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    relay: OutboxRelay,
    clock: Clock,
}

/// By how much clocks may differ: what is to be told of later than that waits for the sweep.
const DRIFT: Duration = Duration::from_mins(5);

/// A row, as far as it tells whether it is still to be relayed.
#[derive(Deserialize)]
struct Mark {
    relay_shard: Option<String>,
    relay_at: Option<String>,
}

impl App {
    /// Reads `EVENTS_TABLE`, `EVENT_BUS_NAME` and `PARKING_QUEUE_URL`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let service = env!("CARGO_PKG_NAME");
        let publisher = EventPublisher::new(sdk, environment.required("EVENT_BUS_NAME")?);
        let parking = ParkingSender::new(sdk, environment.required("PARKING_QUEUE_URL")?);
        let metrics = Metrics::new(service, clock.clone());
        let table = environment.required("EVENTS_TABLE")?;
        let relay = OutboxRelay::new(sdk, table, publisher, parking, metrics, service);
        Ok(Self {
            relay: relay.keeping_rows(),
            clock,
        })
    }
}

/// Relays what was put into the table, in order; stops at the first row that has to wait.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    let until = relay_at(later(app.clock.now(), DRIFT));
    stream::process(
        event,
        &invocation,
        &app.clock,
        CHUNK,
        |record| is_unrelayed(record, &until),
        async |chunk| relay(app, chunk).await,
    )
    .await
}

/// Whether the row is to be relayed after the change, and by `until`. One whose event had run out may
/// be taken by a new one, which is no insertion.
fn is_unrelayed(record: &Record, until: &str) -> bool {
    let mark: Option<Mark> = record.new_image();
    let is_due = |mark: Mark| {
        let is_early = mark.relay_at.is_some_and(|at| at.as_str() > until);
        mark.relay_shard.is_some() && !is_early
    };
    record.event_name != "REMOVE" && mark.is_none_or(is_due)
}

async fn relay(app: &App, chunk: &[Record]) -> Vec<Result<(), RelayError>> {
    let key = |record: &Record| record.key("event").unwrap_or_default().to_owned();
    let keys: Vec<String> = chunk.iter().map(key).collect();
    let pointers: Vec<Box<RawValue>> = keys.iter().map(|key| pointer(key)).collect();
    let relayables: Vec<Relayable<'_>> = chunk
        .iter()
        .zip(keys.iter().zip(&pointers))
        .map(|(record, (key, pointer))| {
            let row: Option<EventItem> = record.new_image();
            Relayable {
                key: vec![("event", key.as_str())],
                event: row.and_then(|row| row.announcement().outgoing()),
                payload: pointer,
            }
        })
        .collect();
    app.relay.relay(&relayables).await
}
