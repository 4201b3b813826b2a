//! In come the requests of a person's apps about what they keep for the person; out go datasets and
//! what changed in them, or problem details. Whose they are stands in the token that API Gateway
//! verified.

mod caller;
#[cfg(feature = "openapi")]
mod description;
mod problems;
mod representation;
mod routes;

use aws_types::SdkConfig;
use consent::Gpc;
use dataset::{DatasetReader, DatasetWriter};
use identity::ProfileId;
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
use token::{Gateway, Person};

use crate::{
    caller::{READ, WRITE, caller},
    problems::Refusal,
    routes::{datasets, one},
};

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    gateway: Gateway,
    reader: DatasetReader,
    writer: DatasetWriter,
    gpc: Gpc,
    answers: AnswerStore,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS`, `PROFILES_TABLE`,
    /// `DIRECTORY_TABLE` and `LEDGER_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let profiles = environment.required("PROFILES_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let reader = DatasetReader::new(sdk, profiles, clock.clone());
        Ok(Self {
            gateway: Gateway::new(environment)?,
            gpc: Gpc::new(sdk, profiles, directory, clock.clone(), ids.clone()),
            answers: AnswerStore::new(sdk, ledger, clock.clone(), ids),
            writer: DatasetWriter::new(&reader, clock),
            reader,
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

async fn route(app: &App, request: &Request) -> Result<Response, Refusal> {
    match request.route_key.as_str() {
        "GET /v1/me/datasets" => datasets::list(app, admit(app, request, READ).await?.member).await,
        "GET /v1/me/datasets/{name}" => {
            one::pull(app, request, admit(app, request, READ).await?.member).await
        }
        "PATCH /v1/me/datasets/{name}" => once(app, request, one::push).await,
        "DELETE /v1/me/datasets/{name}" => once(app, request, one::delete).await,
        _ => Err(problems::no_such_route().into()),
    }
}

/// Answers on a route that changes something, once under each key that the caller sends.
async fn once(
    app: &App,
    request: &Request,
    route: impl AsyncFn(&App, &Request, ProfileId) -> Result<Response, Refusal>,
) -> Result<Response, Refusal> {
    let caller = admit(app, request, WRITE).await?;
    let holder = caller.key_holder();
    let is_there = async || {
        let open = app.reader.expect_open(caller.member).await;
        open.map_err(problems::dataset)
    };
    let answer = async |request: &Request| route(app, request, caller.member).await;
    let answered = app.answers.once_while(request, &holder, is_there, answer);
    answered.await
}

/// Who calls, if they may. What their browser says of sale and sharing is done before what they ask.
async fn admit(app: &App, request: &Request, scope: &str) -> Result<Person, Problem> {
    let caller = caller(app, request, scope)?;
    app.gpc.honour(request, &caller).await?;
    Ok(caller)
}
