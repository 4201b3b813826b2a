//! In come a partner's questions about people, each for a stated purpose; out goes what agreement
//! and consent allow, or why it is refused, and with each answer the id of its receipt. Who asks
//! stands in the token, which is verified here; nothing leaves before its receipt is on record.

mod answer;
mod asking;
#[cfg(feature = "openapi")]
mod description;
mod lookup;
mod problems;
mod repeating;
mod routes;
mod target;

use access::ReceiptWriter;
use aws_types::SdkConfig;
use identity::IdentifierKey;
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    idempotency::AnswerStore,
    ids::IdSource,
    log,
    metric::Metrics,
    problem::Problem,
};
use profile::{IdentifierBatchReader, PartsReader};
use serde_json::value::RawValue;
use tenancy::{AgreementReader, PurposeReader, RateLimiter};
use token::Verifier;

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: Verifier,
    purposes: PurposeReader,
    agreements: AgreementReader,
    identifiers: IdentifierBatchReader,
    people: PartsReader,
    receipts: ReceiptWriter,
    answers: AnswerStore,
    rates: RateLimiter,
    clock: Clock,
    ids: IdSource,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `TOKEN_ISSUER`, `DIRECTORY_TABLE`, `IDENTIFIERS_TABLE`, `IDENTIFIER_KEY`,
    /// `PROFILES_TABLE`, `RECEIPTS_TABLE` and `LEDGER_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let key = IdentifierKey::from_environment(environment)?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let receipts = environment.required("RECEIPTS_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let metrics = Metrics::new(env!("CARGO_PKG_NAME"), clock.clone());
        let rates = RateLimiter::new(sdk, directory, ledger, clock.clone(), ids.clone(), metrics);
        Ok(Self {
            rates,
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            purposes: PurposeReader::new(sdk, directory, clock.clone()),
            agreements: AgreementReader::new(sdk, directory, clock.clone()),
            identifiers: IdentifierBatchReader::new(sdk, identifiers, key),
            people: PartsReader::new(sdk, profiles),
            receipts: ReceiptWriter::new(sdk, receipts),
            answers: AnswerStore::new(sdk, ledger, clock.clone(), ids.clone()),
            clock,
            ids,
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
        "GET /v1/profiles/{profile_id}" => routes::read(app, request).await,
        "POST /v1/profiles/resolve" => routes::resolve(app, request).await,
        "POST /v1/profiles/batch" => routes::batch(app, request).await,
        _ => Err(problems::no_such_route()),
    }
}
