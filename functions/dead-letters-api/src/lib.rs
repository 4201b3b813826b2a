//! In come operators' questions about what could not be processed, in whichever queue it ended; out
//! goes why, since when and whose work it was, and what they name is processed again.

#[cfg(feature = "openapi")]
mod description;
mod problems;
mod redrive;
mod representation;
mod request;
mod routes;

use aws_types::SdkConfig;
use dead_letter::{Catalogue, QueueFinder};
use event::ParkedRows;
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    idempotency::AnswerStore,
    ids::IdSource,
    log,
    objects::ObjectWriter,
    problem::Problem,
};
use serde_json::value::RawValue;
use token::{Operator, Verifier};

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// The scope that looking needs.
const READ: &str = "fairlead/dead-letters.read";
/// The scope that having something processed again needs.
const REDRIVE: &str = "fairlead/dead-letters.redrive";

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: Verifier,
    answers: AnswerStore,
    catalogue: Catalogue,
    queues: QueueFinder,
    profiles: ParkedRows,
    events: ParkedRows,
    archive: ObjectWriter,
    clock: Clock,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS`, `LEDGER_TABLE`,
    /// `QUEUE_PREFIX`, `FANOUT_PARTNERS`, `QUEUES_WITH`, `PROFILES_TABLE`, `EVENTS_TABLE` and
    /// `RECEIPTS_BUCKET`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let ledger = environment.required("LEDGER_TABLE")?;
        Ok(Self {
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            answers: AnswerStore::new(sdk, ledger, clock.clone(), ids),
            catalogue: Catalogue::from_environment(environment)?,
            queues: QueueFinder::new(sdk, environment.required("QUEUE_PREFIX")?),
            profiles: ParkedRows::new(sdk, environment.required("PROFILES_TABLE")?),
            events: ParkedRows::new(sdk, environment.required("EVENTS_TABLE")?),
            archive: ObjectWriter::new(sdk, environment.required("RECEIPTS_BUCKET")?),
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
    let verified = app.verifier.verify(request.header("authorization")).await?;
    let is_read = request.route_key.starts_with("GET ");
    let operator = verified.operator(if is_read { READ } else { REDRIVE })?;
    match request.route_key.as_str() {
        "GET /v1/dead-letters" => routes::list(app).await,
        "GET /v1/dead-letters/{queue}" => routes::show(app, request, invocation).await,
        "POST /v1/dead-letters/{queue}/redrive" => once(app, request, operator, invocation).await,
        _ => Err(problems::no_such_route()),
    }
}

/// Has something processed again, once under each key that the operator sends.
async fn once(
    app: &App,
    request: &Request,
    operator: &Operator,
    invocation: &Invocation,
) -> Result<Response, Problem> {
    let holder = operator.key_holder();
    let answer = async |request: &Request| routes::redrive(app, request, invocation).await;
    app.answers.once(request, &holder, answer).await
}
