//! In comes, from a flow of Amazon Connect, a contact's queue, country, language, time zone and moment; out
//! goes whether the queue is open, which holiday it is, what is said, where the contact goes and who is on
//! call. While the configuration can't be read, what was read last counts, and without any the queue counts
//! as open; the answer says so.

mod kept;
mod told;

use aws_types::SdkConfig;
use configuration::PublishedReader;
use contact::{Answer, Request, UnreadableRequest, decide};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    log,
    metric::Metrics,
};
use serde_json::value::RawValue;

use crate::kept::Kept;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    kept: Kept,
    metrics: Metrics,
    clock: Clock,
}

impl App {
    /// Reads `CONFIG_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let config = environment.required("CONFIG_TABLE")?;
        Ok(Self {
            kept: Kept::new(PublishedReader::new(sdk, config), clock.clone()),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Answers a flow, always within two seconds: nobody's call ends since a table is slow.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<Answer, UnreadableRequest> {
    let request = Request::read(event)?;
    log::correlate(request.contact_id().unwrap_or(&invocation.request_id));
    let now = app.clock.now();
    let (question, ignored) = request.question(now);
    let known = app.kept.known().await;
    app.metrics.count(known.source.metric(), 1);
    let decision = decide(&known.configuration, &question);
    let answer = told::decision(Answer::new(request.form()), &decision);
    Ok(told::known(answer, &known, now).list("ignored", ignored))
}
