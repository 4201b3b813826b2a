//! In come a partner's questions about people, or those of the tenant's own operators, each for a stated
//! purpose; out goes what agreement and consent allow, or why it is refused, and with each answer the id
//! of its receipt. Who asks stands in the token, which is verified here; nothing leaves before its receipt
//! is on record.

#[cfg(feature = "openapi")]
mod description;
mod lookup;
mod routes;
mod target;
mod timeline;

use aws_types::SdkConfig;
use identity::IdentifierKey;
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    ids::IdSource,
    log,
    problem::Problem,
};
use partner::{Gate, problems};
use profile::{IdentifierBatchReader, PartitionReader, TimelineReader};
use serde_json::value::RawValue;

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    gate: Gate,
    identifiers: IdentifierBatchReader,
    partitions: PartitionReader,
    timelines: TimelineReader,
    ids: IdSource,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS`, `DIRECTORY_TABLE`,
    /// `IDENTIFIERS_TABLE`, `IDENTIFIER_KEY`, `PROFILES_TABLE`, `RECEIPTS_TABLE` and
    /// `LEDGER_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let key = IdentifierKey::from_environment(environment)?;
        Ok(Self {
            gate: Gate::new(environment, sdk, env!("CARGO_PKG_NAME"), clock, ids.clone())?,
            identifiers: IdentifierBatchReader::new(sdk, identifiers, key),
            partitions: PartitionReader::new(sdk, profiles),
            timelines: TimelineReader::new(sdk, profiles),
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
        "GET /v1/profiles/{profile_id}/events" => timeline::read(app, request).await,
        "POST /v1/profiles/resolve" => routes::resolve(app, request).await,
        "POST /v1/profiles/batch" => routes::batch(app, request).await,
        _ => Err(problems::no_such_route()),
    }
}
