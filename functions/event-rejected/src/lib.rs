//! In come partners' questions about those of their events that were refused; out goes what came and
//! what is wrong with it, and an event that is sent again, as it was or corrected, is taken. Operators
//! learn what was refused of a partner of their tenant, and have it taken again, without seeing it.

mod again;
mod asking;
#[cfg(feature = "openapi")]
mod description;
mod representation;
mod routes;

use aws_types::SdkConfig;
use intake::{EventStore, EventTypes, QuarantineReader, UploadIntake, problems};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    ids::IdSource,
    log,
    metric::Metrics,
    objects::ObjectLinker,
    problem::Problem,
};
use serde_json::value::RawValue;
use tenancy::RateLimiter;
use token::{Machines, Principal, Verifier};

use crate::asking::Asking;

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// The scope that it takes: whoever may send events may see what became of them.
const WRITE: &str = "fairlead/events.write";

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: Verifier,
    machines: Machines,
    rates: RateLimiter,
    types: EventTypes,
    store: EventStore,
    uploads: UploadIntake,
    quarantine: QuarantineReader,
    linker: ObjectLinker,
    clock: Clock,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS`, `DIRECTORY_TABLE`,
    /// `LEDGER_TABLE`, `EVENTS_TABLE`, `EVENTS_BUCKET` and `QUARANTINE_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let events = environment.required("EVENTS_TABLE")?;
        let bucket = environment.required("EVENTS_BUCKET")?;
        let quarantine = environment.required("QUARANTINE_TABLE")?;
        let metrics = Metrics::new(env!("CARGO_PKG_NAME"), clock.clone());
        Ok(Self {
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            machines: Machines::new(sdk, directory, clock.clone()),
            rates: RateLimiter::new(sdk, directory, ledger, clock.clone(), ids, metrics),
            types: EventTypes::new(sdk, directory, clock.clone()),
            store: EventStore::new(sdk, events, bucket, clock.clone()),
            uploads: UploadIntake::new(environment, sdk, clock.clone())?,
            quarantine: QuarantineReader::new(sdk, quarantine, bucket),
            linker: ObjectLinker::new(sdk, bucket),
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
        "GET /v1/events/rejected" => admitted(app, request, routes::list).await,
        "GET /v1/events/rejected/{rejected_id}" => admitted(app, request, routes::read).await,
        "POST /v1/events/rejected/{rejected_id}/resubmit" => {
            admitted(app, request, routes::resubmit).await
        }
        _ => Err(problems::no_such_route()),
    }
}

/// Answers a machine within its partner's limit, about the partner's own events, or an operator about
/// those of a partner of their tenant.
async fn admitted(
    app: &App,
    request: &Request,
    route: impl AsyncFn(&App, &Request, &Asking) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let verified = app.verifier.verify(request.header("authorization")).await?;
    if let Principal::Operator(_) = verified.principal() {
        let asking = Asking::operator(verified.operator(WRITE)?, request)?;
        return route(app, request, &asking).await;
    }
    let machine = verified.machine(WRITE)?;
    app.machines.check(machine).await?;
    let asking = Asking::sender(machine, request)?;
    let answer = async || route(app, request, &asking).await;
    app.rates
        .within(&asking.tenant, &asking.partner, 1, answer)
        .await
}
