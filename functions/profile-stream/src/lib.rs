//! In come changes of the table `profiles`; out go the events of its outbox, on the bus.

use aws_types::SdkConfig;
use event::{EventPublisher, OUTBOX_PREFIX, OutboxItem, OutboxRelay, RelayError, Relayable};
use lambda_kit::{
    Invocation,
    batch::{
        BatchResponse, UnreadableBatch,
        stream::{self, Record},
    },
    clock::Clock,
    config::{ConfigError, Environment},
    metric::Metrics,
    parking::ParkingSender,
};
use serde_json::value::RawValue;

/// As many as `PutEvents` takes at once.
const CHUNK: usize = 10;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    relay: OutboxRelay,
    clock: Clock,
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
        Ok(Self {
            relay: OutboxRelay::new(sdk, table, publisher, parking, metrics, service),
            clock,
        })
    }
}

/// Relays what was put into the outbox, in order; stops at the first row that has to wait.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    let concerns = |record: &Record| {
        record.event_name == "INSERT"
            && record
                .key("part")
                .is_some_and(|part| part.starts_with(OUTBOX_PREFIX))
    };
    stream::process(
        event,
        &invocation,
        &app.clock,
        CHUNK,
        concerns,
        async |chunk| relay(app, chunk).await,
    )
    .await
}

async fn relay(app: &App, chunk: &[Record]) -> Vec<Result<(), RelayError>> {
    let relayables: Vec<Relayable<'_>> = chunk
        .iter()
        .map(|record| Relayable {
            key: ["profile_id", "part"]
                .map(|name| (name, record.key(name).unwrap_or_default()))
                .into(),
            event: record
                .new_image()
                .and_then(|row: OutboxItem| row.outgoing()),
            payload: record.raw(),
        })
        .collect();
    app.relay.relay(&relayables).await
}
