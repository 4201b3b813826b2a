//! In comes an erasure whose logins are gone, from the state machine; out go all rows of the person.
//! Each identifier leaves a mark by which nothing brings them back.

use std::time::Duration;

use aws_types::SdkConfig;
use erasure::{
    DataEraser, ErasureError, ErasureReader, EventRemover, ExportRemover, Order, Progress,
    RefusedRemover,
};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
};
use serde_json::value::RawValue;

/// Nothing new is begun when less is left: a call takes no longer.
const RESERVE: Duration = Duration::from_secs(8);

/// What the function works with.
#[derive(Debug)]
pub struct App {
    data: DataEraser,
    clock: Clock,
}

impl App {
    /// Reads `ERASURES_TABLE`, `PROFILES_TABLE`, `IDENTIFIERS_TABLE`, `RECEIPTS_TABLE`,
    /// `EXPORTS_BUCKET`, `EVENTS_TABLE`, `WAITING_TABLE`, `EVENTS_BUCKET`, `CLAIMS_BUCKET` and
    /// `QUARANTINE_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let erasures = environment.required("ERASURES_TABLE")?;
        let tables = [
            environment.required("PROFILES_TABLE")?,
            environment.required("IDENTIFIERS_TABLE")?,
            environment.required("RECEIPTS_TABLE")?,
        ];
        let exports = ExportRemover::new(sdk, environment.required("EXPORTS_BUCKET")?);
        let events = [
            environment.required("EVENTS_TABLE")?,
            environment.required("WAITING_TABLE")?,
        ];
        let bodies = environment.required("EVENTS_BUCKET")?;
        let claims = environment.required("CLAIMS_BUCKET")?;
        let events = EventRemover::new(sdk, events, [bodies, claims]);
        let quarantine = environment.required("QUARANTINE_TABLE")?;
        let refused = RefusedRemover::new(sdk, quarantine, bodies);
        let elsewhere = (exports, events, refused);
        let reader = ErasureReader::new(sdk, erasures);
        Ok(Self {
            data: DataEraser::new(sdk, reader, tables, elsewhere, clock.clone(), ids),
            clock,
        })
    }
}

/// Removes what is still there, as long as there is time; the answer says whether that was all.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<Progress, ErasureError> {
    let order = Order::read(event)?;
    let has_time = || !invocation.is_running_out(&app.clock, RESERVE);
    app.data.erase(&order.erasure_id, has_time).await
}
