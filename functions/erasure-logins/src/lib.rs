//! In comes an erasure whose time has come, from the state machine; out of the user pool go all logins
//! of the person. From the first of them on there is no way back.

use std::time::Duration;

use aws_types::SdkConfig;
use erasure::{ErasureError, ErasureReader, LoginRemover, Order, Progress};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
};
use serde_json::value::RawValue;

/// Nothing new is begun when less is left: a call takes no longer.
const RESERVE: Duration = Duration::from_secs(8);

/// What the function works with.
#[derive(Debug)]
pub struct App {
    logins: LoginRemover,
    clock: Clock,
}

impl App {
    /// Reads `ERASURES_TABLE`, `PROFILES_TABLE` and `USER_POOL_ID`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let erasures = environment.required("ERASURES_TABLE")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let pool = environment.required("USER_POOL_ID")?;
        let reader = ErasureReader::new(sdk, erasures);
        Ok(Self {
            logins: LoginRemover::new(sdk, reader, profiles, pool, clock.clone()),
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
    app.logins.remove(&order.erasure_id, has_time).await
}
