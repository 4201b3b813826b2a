//! In come partners' machines that uploaded the data of an event; out goes that it is kept for good, or why
//! it is not. Data is read only where its type says what it has to be, and then a few megabytes at most.

#[cfg(feature = "openapi")]
mod description;

use aws_types::SdkConfig;
use intake::{Sender, Upload, UploadIntake, problems, response};
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

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// The scope that it takes.
const WRITE: &str = "fairlead/events.write";

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: Verifier,
    machines: Machines,
    rates: RateLimiter,
    intake: UploadIntake,
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
            intake: UploadIntake::new(environment, sdk, clock.clone())?,
            clock,
        })
    }
}

/// Answers a request. An error is an answer too: only an event that is no request at all fails.
pub async fn handle(
    app: &App,
    event: &RawValue,
    _invocation: Invocation,
) -> Result<Response, UnreadableRequest> {
    let request: Request = serde_json::from_str(event.get()).map_err(|_| UnreadableRequest)?;
    log::correlate(request.id());
    let answer = Box::pin(route(app, &request)).await;
    Ok(answer.unwrap_or_else(Response::from))
}

async fn route(app: &App, request: &Request) -> Result<Response, Problem> {
    match request.route_key.as_str() {
        "POST /v1/uploads/{upload_id}/complete" => admitted(app, request).await,
        _ => Err(problems::no_such_route()),
    }
}

/// `POST /v1/uploads/{upload_id}/complete`: a machine within its partner's limit. By the event's own id
/// it is taken once, however often it is sent.
async fn admitted(app: &App, request: &Request) -> Result<Response, Problem> {
    let verified = app.verifier.verify(request.header("authorization")).await?;
    let machine = verified.machine(WRITE)?;
    app.machines.check(machine).await?;
    let from = Sender {
        tenant: &machine.tenant,
        partner: &machine.partner,
        request_id: request.id(),
        gpc: false,
    };
    let answer = async || complete(app, request, from).await;
    app.rates.within(from.tenant, from.partner, 1, answer).await
}

async fn complete(app: &App, request: &Request, from: Sender<'_>) -> Result<Response, Problem> {
    let upload = Upload::of(request, app.clock.now())?;
    if request.path_parameter("upload_id") != Some(upload.id().as_str()) {
        return Err(problems::no_such_upload());
    }
    let told = Box::pin(app.intake.complete(&upload, from)).await?;
    Ok(response(vec![told], false))
}
