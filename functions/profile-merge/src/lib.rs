//! In come operators' requests to make two persons one, or one two again, and how they came together; out
//! goes who is who after it, and what points at them, without what it says. Every merge stays on record and
//! can be undone.

#[cfg(feature = "openapi")]
mod description;
mod problems;
mod representation;
mod routes;

use aws_types::SdkConfig;
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
use profile::{IdentifierListReader, MergeReader, Merger};
use serde_json::value::RawValue;
use token::{Operator, Verifier};

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// The scope that merging and splitting need.
const MERGE: &str = "fairlead/profile.merge";

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: Verifier,
    merger: Merger,
    merges: MergeReader,
    identifiers: IdentifierListReader,
    answers: AnswerStore,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `PROFILES_TABLE`, `IDENTIFIERS_TABLE`, `LEDGER_TABLE`, `TOKEN_ISSUER`, `WEB_CLIENT_IDS`
    /// and `OPERATORS_CLIENT_IDS`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let profiles = environment.required("PROFILES_TABLE")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        Ok(Self {
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            merges: MergeReader::new(sdk, profiles),
            identifiers: IdentifierListReader::new(sdk, profiles, identifiers),
            answers: AnswerStore::new(sdk, ledger, clock.clone(), ids.clone()),
            merger: Merger::new(sdk, profiles, identifiers, clock, ids),
        })
    }

    /// The same with transactions of at most `limit` writes, for tests.
    #[must_use]
    pub fn with_transactions_of(self, limit: usize) -> Self {
        Self {
            merger: self.merger.with_transactions_of(limit),
            ..self
        }
    }

    /// The same that reads persons of at most `most` members itself, for tests.
    #[must_use]
    pub fn reading_at_most(self, most: usize) -> Self {
        Self {
            merger: self.merger.reading_at_most(most),
            ..self
        }
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
    let operator = verified.operator(MERGE)?;
    match request.route_key.as_str() {
        "POST /v1/profiles/merge" => once(app, request, operator, routes::merge).await,
        "GET /v1/profiles/{profile_id}/merges" => routes::merges(app, request).await,
        "GET /v1/profiles/{profile_id}/identifiers" => {
            routes::identifiers(app, request, operator).await
        }
        "POST /v1/profiles/{profile_id}/split" => once(app, request, operator, routes::split).await,
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
