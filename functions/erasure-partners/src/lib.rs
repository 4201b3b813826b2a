//! In comes an erasure whose data is gone, from the state machine; every partner that was given any of
//! it finds the erasure among those that it has to acknowledge.

use std::time::Duration;

use aws_types::SdkConfig;
use erasure::{ErasureError, ErasureReader, Order, PartnerTeller, Progress, Term};
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
    teller: PartnerTeller,
    clock: Clock,
}

impl App {
    /// Reads `ERASURES_TABLE`, `PROFILES_TABLE` and `ERASURE_DEADLINE_SECONDS`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let erasures = environment.required("ERASURES_TABLE")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let term = Term::from_environment(environment, "ERASURE_DEADLINE_SECONDS")?;
        let reader = ErasureReader::new(sdk, erasures);
        Ok(Self {
            teller: PartnerTeller::new(sdk, reader, profiles, term, clock.clone(), ids),
            clock,
        })
    }
}

/// Tells whoever was not told yet, as long as there is time; the answer says whether that was all.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<Progress, ErasureError> {
    let order = Order::read(event)?;
    let has_time = || !invocation.is_running_out(&app.clock, RESERVE);
    app.teller.tell(&order.erasure_id, has_time).await
}
