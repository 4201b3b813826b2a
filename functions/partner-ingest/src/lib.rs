//! In come CloudEvents from partners' machines, one or many in a request; out goes, of each of them,
//! that it is kept for good or why it is not. What is answered 202 is on record.

#[cfg(feature = "openapi")]
mod description;
mod reading;

use aws_types::SdkConfig;
use intake::{Intake, Sender, problems, response};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    ids::IdSource,
    log,
    metric::Metrics,
    problem::Problem,
};
use serde_json::value::RawValue;
use tenancy::RateLimiter;
use token::{Machines, Verifier};

use crate::reading::Events;

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// The scope that it takes.
const WRITE: &str = "fairlead/events.write";

/// As many events of a batch as count for one request of the partner's limit.
const EVENTS_OF_A_REQUEST: usize = 100;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: Verifier,
    machines: Machines,
    rates: RateLimiter,
    intake: Intake,
    clock: Clock,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS`, `DIRECTORY_TABLE`,
    /// `LEDGER_TABLE`, `EVENTS_TABLE`, `EVENTS_BUCKET` and `QUARANTINE_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let metrics = Metrics::new(env!("CARGO_PKG_NAME"), clock.clone());
        Ok(Self {
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            machines: Machines::new(sdk, directory, clock.clone()),
            rates: RateLimiter::new(sdk, directory, ledger, clock.clone(), ids, metrics),
            intake: Intake::new(environment, sdk, clock.clone())?,
            clock,
        })
    }
}

/// Answers a request. An error is an answer too: only an event that is no request at all fails.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<Response, UnreadableRequest> {
    let request: Request = serde_json::from_str(event.get()).map_err(|_| UnreadableRequest)?;
    log::correlate(request.id());
    let answer = Box::pin(route(app, &request, &invocation)).await;
    Ok(answer.unwrap_or_else(Response::from))
}

async fn route(app: &App, request: &Request, invocation: &Invocation) -> Result<Response, Problem> {
    match request.route_key.as_str() {
        "POST /v1/events" => ingest(app, request, invocation).await,
        _ => Err(problems::no_such_route()),
    }
}

/// `POST /v1/events`: events of the machine's partner, each by itself. The same request again is
/// answered the same, by the events' own ids.
async fn ingest(
    app: &App,
    request: &Request,
    invocation: &Invocation,
) -> Result<Response, Problem> {
    let verified = app.verifier.verify(request.header("authorization")).await?;
    let machine = verified.machine(WRITE)?;
    app.machines.check(machine).await?;
    let events = Events::of(request, app.clock.now());
    let count = events.as_ref().map_or(0, Events::count);
    let cost = count.div_ceil(EVENTS_OF_A_REQUEST).max(1);
    let from = Sender {
        tenant: &machine.tenant,
        partner: &machine.partner,
        request_id: request.id(),
        gpc: false,
    };
    let answer = async move || {
        let events = events?;
        let told = Box::pin(app.intake.accept(from, &events.batch, invocation)).await?;
        Ok::<_, Problem>(response(told, events.are_batch))
    };
    app.rates
        .within(&machine.tenant, &machine.partner, cost, answer)
        .await
}
