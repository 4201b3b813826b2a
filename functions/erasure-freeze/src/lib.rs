//! In comes the erasure that a person asked for, from the state machine; out go all their profiles,
//! closed, so that nobody reads or writes them any more.

use aws_types::SdkConfig;
use erasure::{ErasureError, ErasureReader, Freezer, Order, Progress};
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
    freezer: Freezer,
}

impl App {
    /// Reads `ERASURES_TABLE` and `PROFILES_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let erasures = environment.required("ERASURES_TABLE")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let reader = ErasureReader::new(sdk, erasures);
        Ok(Self {
            freezer: Freezer::new(sdk, reader, profiles, clock, ids),
        })
    }
}

/// Closes what is still open. Run again, it does the rest.
pub async fn handle(
    app: &App,
    event: &RawValue,
    _invocation: Invocation,
) -> Result<Progress, ErasureError> {
    let order = Order::read(event)?;
    app.freezer.freeze(&order.erasure_id).await
}
