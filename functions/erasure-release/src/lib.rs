//! In comes an erasure that is to be taken back, from the state machine: by the person, or since a
//! step failed. Out goes the person as they were, if nothing of them was removed yet.

use aws_types::SdkConfig;
use erasure::{ErasureError, ErasureReader, Order, Progress, Releaser};
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
    releaser: Releaser,
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
            releaser: Releaser::new(sdk, reader, profiles, clock, ids),
        })
    }
}

/// Opens what is still closed, if there is a way back; the answer says how the erasure stands.
pub async fn handle(
    app: &App,
    event: &RawValue,
    _invocation: Invocation,
) -> Result<Progress, ErasureError> {
    let order = Order::read(event)?;
    app.releaser
        .step(&order.erasure_id, order.failure.as_ref())
        .await
}
