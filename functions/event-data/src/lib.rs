//! In come partners' machines that were told of an event whose data was uploaded; out goes, once agreement
//! and consent allow it and that is on record, a link by which the data is fetched.

#[cfg(feature = "openapi")]
mod description;
mod found;

use std::time::Duration;

use aws_types::SdkConfig;
use identity::IdentifierKey;
use intake::{EventKey, EventReader};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    ids::IdSource,
    log,
    objects::ObjectLinker,
    problem::Problem,
};
use partner::{Answer, Asking, Gate, problems};
use profile::{IdentifierReader, RulesReader};
use serde_json::value::RawValue;
use tenancy::{FieldGroup, TenantId};

#[cfg(feature = "openapi")]
pub use crate::description::description;
use crate::found::{Found, find};

/// For how long fetching may begin by a link.
const LINK: Duration = Duration::from_mins(5);

/// What the function works with.
#[derive(Debug)]
pub struct App {
    gate: Gate,
    events: EventReader,
    identifiers: IdentifierReader,
    rules: RulesReader,
    linker: ObjectLinker,
    ids: IdSource,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS`, `EVENTS_TABLE`,
    /// `EVENTS_BUCKET`, `IDENTIFIERS_TABLE`, `IDENTIFIER_KEY`, `DIRECTORY_TABLE`, `PROFILES_TABLE`,
    /// `RECEIPTS_TABLE` and `LEDGER_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let events = environment.required("EVENTS_TABLE")?;
        let bucket = environment.required("EVENTS_BUCKET")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let key = IdentifierKey::from_environment(environment)?;
        let service = env!("CARGO_PKG_NAME");
        Ok(Self {
            events: EventReader::new(sdk, events, bucket, clock.clone()),
            identifiers: IdentifierReader::new(sdk, identifiers, key),
            rules: RulesReader::new(sdk, directory, clock.clone()),
            linker: ObjectLinker::new(sdk, bucket),
            gate: Gate::new(environment, sdk, service, clock, ids.clone())?,
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
        "GET /v1/events/{event}/data" => read(app, request).await,
        _ => Err(problems::no_such_route()),
    }
}

/// `GET /v1/events/{event}/data`: decided on as any read, of the group `events` alone. The link is made
/// once the receipt is on record.
async fn read(app: &App, request: &Request) -> Result<Response, Problem> {
    let asker = app.gate.asker(request).await?;
    let key = key(request, &asker.machine().tenant)?;
    let told = async |asking: Asking| {
        let asking = asking.only(FieldGroup::Events);
        let found = find(app, &key).await?;
        let subjects = app.gate.look_up(&asking, &[found.about]).await?;
        let mut answers = app.gate.answers(&asking, subjects).await?;
        let answer = answers.pop().ok_or_else(problems::no_such_person)?;
        link(app, answer, &key, found).await
    };
    app.gate.limited(request, asker, 1, told).await
}

/// The event that the path names, of the tenant whose partner asks.
fn key(request: &Request, tenant: &TenantId) -> Result<EventKey, Problem> {
    let digest = request.path_parameter("event").unwrap_or_default();
    EventKey::named(tenant, digest).ok_or_else(|| {
        problems::invalid("Ask for the dataref of a message as it came.").field("event")
    })
}

async fn link(
    app: &App,
    answer: Answer,
    key: &EventKey,
    found: Found,
) -> Result<Response, Problem> {
    let Some((_, receipt_id)) = answer.allows(FieldGroup::Events) else {
        return Ok(answer.into_response());
    };
    let data = found.data.ok_or_else(problems::no_such_person)?;
    let link = app
        .linker
        .link(&data, key.digest(), app.gate.now(), LINK)
        .await
        .map_err(|error| problems::unavailable(&error))?;
    Ok(Response::empty(307)
        .header("location", link.into_inner())
        .header("fairlead-receipt", receipt_id.to_string()))
}
