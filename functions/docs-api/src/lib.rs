//! In come requests for the API's description, with a token or without; out goes what of it the caller
//! can use, as a page, as OpenAPI 3.1 or as 3.0.1. It is embedded, and whoever may send events sees
//! besides which types of them their tenant takes. It also says what is wrong with a request that no
//! route matches.

#[cfg(feature = "openapi")]
mod description;
mod elsewhere;
mod event_types;
mod older;
mod page;
mod problems;
mod reader;
mod visible;

use aws_types::SdkConfig;
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    log,
    problem::Problem,
};
use serde_json::{Value, value::RawValue};
use tenancy::EventTypeReader;
use token::{Machines, Verifier};

#[cfg(feature = "openapi")]
pub use crate::description::description;
pub use crate::older::as_3_0;
use crate::reader::Reader;

/// What the code of all functions says of their routes: `cargo xtask openapi` writes it.
const DESCRIPTION: &str = include_str!("../../../docs/openapi.json");

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: Verifier,
    machines: Machines,
    types: EventTypeReader,
    description: Value,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS` and `DIRECTORY_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let issuer = environment.required("TOKEN_ISSUER")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let description = serde_json::from_str(DESCRIPTION).unwrap_or_default();
        Ok(Self {
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            machines: Machines::new(sdk, directory, clock.clone()),
            types: EventTypeReader::new(sdk, directory, clock),
            description: visible::with_issuer(description, issuer),
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
        "GET /docs" => Ok(page::answer(&with_event_types(app, request).await?)),
        "GET /openapi.json" => Ok(json(&with_event_types(app, request).await?)),
        // Schemas of partners say what 3.0.1 has no words for.
        "GET /openapi-3.0.json" => {
            let reader = reader(app, request).await?;
            let seen = visible::visible_to(&reader, &app.description);
            Ok(json(&as_3_0(seen)))
        }
        // What API Gateway found no route for, and whatever else is sent here.
        _ => elsewhere::answer(&app.description, request),
    }
}

/// Who asks. Who sends no token can use what is open to everyone; a token that is wrong opens nothing,
/// and is not taken for none.
async fn reader(app: &App, request: &Request) -> Result<Reader, Problem> {
    Ok(match request.header("authorization") {
        None => Reader::stranger(),
        authorization => {
            let verified = app.verifier.verify(authorization).await?;
            Reader::of(&verified, app.verifier.passes_authorizer(&verified))
        }
    })
}

/// What the caller can use of the API, with the types of events of their tenant, if they may list them.
async fn with_event_types(app: &App, request: &Request) -> Result<Value, Problem> {
    let reader = reader(app, request).await?;
    let mut seen = visible::visible_to(&reader, &app.description);
    if let Some(tenant) = reader.lists_event_types_of(&app.description)
        && is_still_there(app, &reader).await?
    {
        let types = app.types.all(tenant).await;
        let types = types.map_err(|error| problems::unavailable(&error))?;
        event_types::add(&mut seen, &types);
    }
    Ok(seen)
}

/// Whether the directory still has the caller as the token does, if that is a machine's: it knows no others.
async fn is_still_there(app: &App, reader: &Reader) -> Result<bool, Problem> {
    match reader.machine() {
        Some(machine) => app.machines.has(machine).await,
        None => Ok(true),
    }
}

fn json(description: &Value) -> Response {
    of_its_caller(Response::json(200, "application/json", description))
}

/// What one caller sees is not for another: no cache may take one for the other.
fn of_its_caller(response: Response) -> Response {
    response.header("vary", "authorization")
}
