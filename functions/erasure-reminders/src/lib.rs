//! In comes an erasure that partners were told of, from the state machine, again and again; out go
//! reminders, and an alarm's metric once the time is up.

use aws_types::SdkConfig;
use erasure::{ErasureError, ErasureReader, Order, Progress, Reminder, Term};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
    metric::Metrics,
};
use serde_json::value::RawValue;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    reminder: Reminder,
    metrics: Metrics,
}

impl App {
    /// Reads `ERASURES_TABLE`, `PROFILES_TABLE` and `ERASURE_REMINDER_SECONDS`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let erasures = environment.required("ERASURES_TABLE")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let every = Term::from_environment(environment, "ERASURE_REMINDER_SECONDS")?;
        let reader = ErasureReader::new(sdk, erasures);
        Ok(Self {
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            reminder: Reminder::new(sdk, reader, profiles, every, clock, ids),
        })
    }
}

/// Looks who has not acknowledged yet; the answer says when to look again, if at all.
pub async fn handle(
    app: &App,
    event: &RawValue,
    _invocation: Invocation,
) -> Result<Progress, ErasureError> {
    let order = Order::read(event)?;
    let (progress, unacknowledged) = app.reminder.look(&order.erasure_id).await?;
    if unacknowledged > 0 {
        // The name is the alarm's: see cdk/lib/stacks/erasure.ts.
        app.metrics
            .count("erasures_unacknowledged", unacknowledged as u64);
    }
    Ok(progress)
}
