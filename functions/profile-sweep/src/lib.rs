//! In comes the hour; out go the events of the outbox in the table `profiles` that its stream did not
//! relay.

use std::collections::BTreeMap;

use aws_types::SdkConfig;
use event::{EventPublisher, Forgotten, OutboxItem, OutboxRelay, Sweeper};
pub use event::{SweepError, Swept};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    dynamodb::Row,
    metric::Metrics,
    parking::ParkingSender,
};
use serde_json::value::to_raw_value;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    sweeper: Sweeper,
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
            sweeper: Sweeper::new(sdk, table, relay, clock),
        })
    }
}

/// Relays what has lain in the outbox for longer than the stream needs, for as long as there is time.
pub async fn handle(app: &App, invocation: Invocation) -> Result<Swept, SweepError> {
    app.sweeper.sweep(&invocation, read).await
}

/// A row of the outbox; `None` without a key, which the table does not let happen.
fn read(row: Row) -> Option<Forgotten> {
    let key = |name| row.get(name).and_then(|value| value.as_s().ok()).cloned();
    let key = vec![("profile_id", key("profile_id")?), ("part", key("part")?)];
    // In the order of names, so that the same row is always parked as the same text.
    let payload: BTreeMap<_, _> = serde_dynamo::Item::from(row.clone())
        .into_inner()
        .into_iter()
        .collect();
    let item: Option<OutboxItem> = serde_dynamo::from_item(row).ok();
    Some(Forgotten {
        key,
        event: item.and_then(|item| item.outgoing()),
        payload: to_raw_value(&payload).ok()?,
    })
}
