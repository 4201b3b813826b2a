//! In come operators' requests for the app clients of partners' machines; out go app clients of the
//! user pool, each with a secret that is told once, and rows of the directory that say whose they
//! are.

mod clients;
#[cfg(feature = "openapi")]
mod description;
mod problems;
mod representation;
mod request;

use aws_types::SdkConfig;
use identity::aws::AppClients;
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    idempotency::AnswerStore,
    ids::IdSource,
    log,
    problem::Problem,
};
use serde_json::value::RawValue;
use tenancy::{DirectoryKeeper, PartnerClientKeeper};
use token::{Operator, Verifier};

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// The scope that seeing app clients needs.
const READ: &str = "fairlead/directory.read";
/// The scope that making and removing them needs.
const WRITE: &str = "fairlead/directory.write";

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: Verifier,
    directory: DirectoryKeeper,
    clients: PartnerClientKeeper,
    pool: AppClients,
    pool_id: String,
    answers: AnswerStore,
    clock: Clock,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `DIRECTORY_TABLE`, `LEDGER_TABLE`, `USER_POOL_ID`, `TOKEN_ISSUER`, `WEB_CLIENT_IDS` and
    /// `OPERATORS_CLIENT_IDS`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        Ok(Self {
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            directory: DirectoryKeeper::new(sdk, directory, clock.clone()),
            clients: PartnerClientKeeper::new(sdk, directory, clock.clone()),
            pool: AppClients::new(sdk),
            pool_id: environment.required("USER_POOL_ID")?.to_owned(),
            answers: AnswerStore::new(sdk, ledger, clock.clone(), ids),
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
    let verified = app.verifier.verify(request.header("authorization")).await?;
    let is_read = request.route_key.starts_with("GET ");
    let operator = verified.operator(if is_read { READ } else { WRITE })?;
    match request.route_key.as_str() {
        "GET /v1/directory/{tenant}/partners/{partner}/clients" => {
            clients::list(app, request, operator).await
        }
        "POST /v1/directory/{tenant}/partners/{partner}/clients" => {
            once(app, request, operator, clients::create).await
        }
        "DELETE /v1/directory/{tenant}/partners/{partner}/clients/{client}" => {
            once(app, request, operator, clients::delete).await
        }
        _ => Err(problems::no_such_route()),
    }
}

/// Answers on a route that changes something, once under each key that the operator sends.
async fn once(
    app: &App,
    request: &Request,
    operator: &Operator,
    route: impl AsyncFn(&App, &Request, &Operator) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let holder = operator.key_holder();
    let answer = async |request: &Request| route(app, request, operator).await;
    app.answers.once(request, &holder, answer).await
}
