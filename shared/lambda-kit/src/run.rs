//! From Lambda's Runtime API to a handler.

use std::pin::Pin;

use aws_types::SdkConfig;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde_json::value::RawValue;
use tracing::Instrument;

use crate::{
    BoxError, Chain, Invocation,
    aws::{self, CallBudget},
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
    log,
};

/// What a function starts with.
#[derive(Debug)]
pub struct Start {
    /// Its environment variables.
    pub environment: Environment,
    /// What its SDK clients are made of.
    pub sdk: SdkConfig,
    /// The machine's clock.
    pub clock: Clock,
    /// Ids that no other process makes.
    pub ids: IdSource,
}

/// Starts logging, and reads what a function's clients need; calls have `budget`.
///
/// # Errors
/// Names the variable that is missing.
pub fn start(budget: &CallBudget) -> Result<Start, ConfigError> {
    let environment = Environment::from_process();
    log::init(&environment);
    let sdk = aws::sdk_config(&environment, budget)?;
    let clock = Clock::system();
    let ids = IdSource::system(clock.clone());
    Ok(Start {
        environment,
        sdk,
        clock,
        ids,
    })
}

/// Hands each invocation of the function `service` to `handler` until Lambda ends the process.
///
/// The event arrives as the bytes that Lambda sent: what can't be parsed is the handler's to
/// judge, and never quoted in an error that Lambda would log. The handler's error reaches the
/// caller as its `Display` text alone; its causes are logged here, once.
///
/// # Errors
/// When the Runtime API can't be reached.
pub async fn run<R, E, F>(service: &'static str, handler: F) -> Result<(), BoxError>
where
    R: Serialize,
    E: std::error::Error + Send + Sync + 'static,
    F: AsyncFn(&RawValue, Invocation) -> Result<R, E>,
{
    let handler = &handler;
    lambda_runtime::run(service_fn(
        move |event: LambdaEvent<Box<RawValue>>| async move {
            let invocation = Invocation::from(&event.context);
            let span = tracing::info_span!(
                "invocation",
                service,
                aws.request_id = %invocation.request_id,
                correlation.id = tracing::field::Empty,
            );
            // Boxed once per invocation: handlers' futures reach deep into the SDK, and their layout
            // would be worked out again for each layer around them.
            let work: Pin<Box<dyn Future<Output = Result<R, E>> + '_>> =
                Box::pin(handler(&event.payload, invocation));
            let outcome = work.instrument(span.clone()).await;
            outcome.map_err(|error| {
                span.in_scope(|| tracing::error!(error = %Chain(&error), "the invocation failed"));
                Diagnostic {
                    error_type: "FunctionError".to_owned(),
                    error_message: error.to_string(),
                }
            })
        },
    ))
    .await
}
