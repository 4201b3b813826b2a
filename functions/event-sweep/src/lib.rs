//! In comes the time, every five minutes; out goes, on the bus, that those events of partners are
//! there of which the stream of the table `events` did not tell.

use aws_types::SdkConfig;
use event::{EventPublisher, Forgotten, OutboxRelay, SweepError, Sweeper, Swept};
use intake::{EventItem, pointer};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    dynamodb::Row,
    metric::Metrics,
    parking::ParkingSender,
};

/// What the function works with.
#[derive(Debug)]
pub struct App {
    sweeper: Sweeper,
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
            sweeper: Sweeper::new(sdk, table, relay.keeping_rows(), clock),
        })
    }
}

/// Relays what has waited for longer than the stream needs, for as long as there is time.
pub async fn handle(app: &App, invocation: Invocation) -> Result<Swept, SweepError> {
    app.sweeper.sweep(&invocation, read).await
}

/// A row; `None` without a key, which the table does not let happen.
fn read(row: Row) -> Option<Forgotten> {
    let key = row.get("event")?.as_s().ok()?.clone();
    let item: Option<EventItem> = serde_dynamo::from_item(row).ok();
    Some(Forgotten {
        payload: pointer(&key),
        key: vec![("event", key)],
        event: item.and_then(|item| item.announcement().outgoing()),
    })
}
