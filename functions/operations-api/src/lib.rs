//! In come operators' questions about how the house is doing; out goes how much went through each part of it,
//! what waits there and what failed, and how far mending the flows between Salesforce and Fairlead is.

mod config;
#[cfg(feature = "openapi")]
mod description;
mod kept;
mod problems;
mod representation;
mod routes;

use aws_types::SdkConfig;
use flow::BreakerReader;
use house::{House, MetricReader};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    log,
    problem::Problem,
};
use serde_json::value::RawValue;
use token::Verifier;

#[cfg(feature = "openapi")]
pub use crate::description::description;
use crate::{config::FlowNames, kept::Kept};

/// The scope that looking needs.
const SCOPE: &str = "fairlead/operations.read";

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: Verifier,
    house: House,
    metrics: MetricReader,
    kept: Kept,
    flows: FlowNames,
    breakers: BreakerReader,
    clock: Clock,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS`, `CONFIG_TABLE`, `HOUSE_NAMES`,
    /// `SALESFORCE_FLOW_NAMES` and, in Lambda's `LAMBDA_TASK_ROOT`, the file `house.json` beside the
    /// executable.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let config = environment.required("CONFIG_TABLE")?;
        Ok(Self {
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            house: config::house(environment)?,
            metrics: MetricReader::new(sdk, clock.clone())?,
            kept: Kept::default(),
            flows: FlowNames::read(environment)?,
            breakers: BreakerReader::new(sdk, config),
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
    verified.operator(SCOPE)?;
    match request.route_key.as_str() {
        "GET /v1/operations/house" => routes::house(app, request).await,
        "GET /v1/operations/flows" => routes::flows(app).await,
        _ => Err(problems::no_such_route()),
    }
}
