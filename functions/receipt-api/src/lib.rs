//! In come people who ask who read what of them, and operators who ask what partners read; out go
//! receipts page by page, or their numbers. People see their own alone, and operators those of their
//! own tenant.

#[cfg(feature = "openapi")]
mod description;
mod parameters;
mod problems;
mod representation;
mod routes;
mod summary;

use access::ReceiptReader;
use aws_types::SdkConfig;
use consent::Gpc;
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    ids::IdSource,
    log,
    problem::Problem,
};
use profile::TrailReader;
use serde_json::value::RawValue;
use tenancy::{PartnerNameReader, PartnerReader};
use token::{Gateway, Verifier};

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    gateway: Gateway,
    receipts: ReceiptReader,
    trails: TrailReader,
    partners: PartnerReader,
    partner_names: PartnerNameReader,
    gpc: Gpc,
    verifier: Verifier,
    clock: Clock,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `RECEIPTS_TABLE`, `PROFILES_TABLE`, `DIRECTORY_TABLE`, `TOKEN_ISSUER`, `WEB_CLIENT_IDS`
    /// and `OPERATORS_CLIENT_IDS`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let profiles = environment.required("PROFILES_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        Ok(Self {
            gateway: Gateway::new(environment)?,
            receipts: ReceiptReader::new(sdk, environment.required("RECEIPTS_TABLE")?),
            trails: TrailReader::new(sdk, profiles),
            partners: PartnerReader::new(sdk, directory, clock.clone()),
            partner_names: PartnerNameReader::new(sdk, directory),
            gpc: Gpc::new(sdk, profiles, directory, clock.clone(), ids),
            verifier: Verifier::new(environment, sdk, clock.clone())?,
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
        "GET /v1/me/receipts" => routes::people::list(app, request).await,
        "GET /v1/receipts" => routes::operators::list(app, request).await,
        "GET /v1/receipts/summary" => routes::operators::summary(app, request).await,
        _ => Err(problems::no_such_route()),
    }
}
