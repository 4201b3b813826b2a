//! In come partners' machines that have an event too large to be sent; out goes a link by which its data,
//! and nothing else, is uploaded. Nothing is kept of it yet.

#[cfg(feature = "openapi")]
mod description;

use std::{collections::BTreeMap, time::Duration};

use aws_types::SdkConfig;
use intake::{EventLookup, EventTypes, Sender, Upload, fitting, problems, was_accepted};
use jiff::Timestamp;
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    ids::IdSource,
    log,
    metric::Metrics,
    objects::{Announced, UploadLinker},
    problem::Problem,
};
use serde::Serialize;
use serde_json::value::RawValue;
use tenancy::RateLimiter;
use token::{Machines, Verifier};

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// The scope that it takes.
const WRITE: &str = "fairlead/events.write";

/// For how long an upload may begin by a link.
const LINK: Duration = Duration::from_mins(15);

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: Verifier,
    machines: Machines,
    rates: RateLimiter,
    types: EventTypes,
    lookup: EventLookup,
    linker: UploadLinker,
    clock: Clock,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

/// What is to be done with an event that was announced.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct UploadResponse {
    #[cfg_attr(feature = "openapi", schema(value_type = intake::UploadId))]
    upload_id: String,
    status: Status,
    /// How the data is uploaded, if the event is not kept yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    put: Option<Put>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = UploadStatus))]
#[serde(rename_all = "snake_case")]
enum Status {
    /// Its data is to be uploaded.
    Waiting,
    /// It is kept, with this data.
    Duplicate,
}

/// The request by which the data is uploaded: a PUT.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = UploadLink))]
struct Put {
    #[cfg_attr(feature = "openapi", schema(format = "uri"))]
    url: String,
    /// Headers that have to be sent, as they are.
    headers: BTreeMap<String, String>,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    expires_at: Timestamp,
}

impl App {
    /// Reads `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS`, `DIRECTORY_TABLE`,
    /// `LEDGER_TABLE`, `EVENTS_TABLE` and `EVENTS_BUCKET`.
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
        let metrics = Metrics::new(env!("CARGO_PKG_NAME"), clock.clone());
        Ok(Self {
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            machines: Machines::new(sdk, directory, clock.clone()),
            rates: RateLimiter::new(sdk, directory, ledger, clock.clone(), ids, metrics),
            types: EventTypes::new(sdk, directory, clock.clone()),
            lookup: EventLookup::new(sdk, events, bucket, clock.clone()),
            linker: UploadLinker::new(sdk, bucket),
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
        "POST /v1/uploads" => admitted(app, request).await,
        _ => Err(problems::no_such_route()),
    }
}

/// `POST /v1/uploads`: a machine within its partner's limit. It changes nothing, however often it is
/// sent.
async fn admitted(app: &App, request: &Request) -> Result<Response, Problem> {
    let verified = app.verifier.verify(request.header("authorization")).await?;
    let machine = verified.machine(WRITE)?;
    app.machines.check(machine).await?;
    let from = Sender {
        tenant: &machine.tenant,
        partner: &machine.partner,
        request_id: request.id(),
        gpc: false,
    };
    let answer = async || announce(app, request, from).await;
    app.rates.within(from.tenant, from.partner, 1, answer).await
}

/// Where the data of the event is uploaded to, if its type takes such data and it is not kept yet.
async fn announce(app: &App, request: &Request, from: Sender<'_>) -> Result<Response, Problem> {
    let now = app.clock.now();
    let upload = Upload::of(request, now)?;
    fitting(&app.types, &upload, from).await??;
    // Else the data of somebody who was erased would lie there again.
    if was_accepted(&app.lookup, &upload, from).await?? {
        return Ok(answer(200, &upload, Status::Duplicate, None));
    }
    let checksum = upload.checksum();
    let announced = Announced {
        content_type: upload.media_type(),
        bytes: upload.bytes(),
        sha256: &checksum,
    };
    let key = upload.key(from.tenant, from.partner);
    let link = app.linker.link(&key, announced, now, LINK).await;
    let link = link.map_err(|error| problems::unavailable(&error))?;
    let put = Put {
        url: link.url.into_inner(),
        headers: link.headers,
        expires_at: now + LINK,
    };
    Ok(answer(201, &upload, Status::Waiting, Some(put)))
}

fn answer(status_code: u16, upload: &Upload, status: Status, put: Option<Put>) -> Response {
    let body = UploadResponse {
        upload_id: upload.id(),
        status,
        put,
    };
    Response::json(status_code, "application/json", &body)
}
