//! In comes an erasure whose data is gone, from the state machine; every partner that was given any of
//! it finds the erasure among those that it has to acknowledge.

use aws_types::SdkConfig;
use erasure::{ErasureError, ErasureReader, Order, PartnerTeller, Progress, Term};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
};
use serde_json::value::RawValue;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    teller: PartnerTeller,
}

impl App {
    /// Reads `ERASURES_TABLE`, `PROFILES_TABLE`, `RECEIPTS_TABLE` and `ERASURE_DEADLINE_SECONDS`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let erasures = environment.required("ERASURES_TABLE")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let receipts = environment.required("RECEIPTS_TABLE")?;
        let term = Term::from_environment(environment, "ERASURE_DEADLINE_SECONDS")?;
        let reader = ErasureReader::new(sdk, erasures);
        Ok(Self {
            teller: PartnerTeller::new(sdk, reader, (profiles, receipts), term, clock, ids),
        })
    }
}

/// Tells whoever was not told yet.
pub async fn handle(
    app: &App,
    event: &RawValue,
    _invocation: Invocation,
) -> Result<Progress, ErasureError> {
    let order = Order::read(event)?;
    app.teller.tell(&order.erasure_id).await
}
