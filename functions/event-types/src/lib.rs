//! In come the types of events that partners mean to send, each with the schema of its data, from them
//! or from operators; out goes how it stands. A schema changes only so that whatever it took before it
//! still takes.

#[cfg(feature = "openapi")]
mod description;

use aws_types::SdkConfig;
use cloudevent::{Limits, json};
use intake::{
    EventTypeName, EventTypeWriter, Registered, RegisteredType, Registrar, Schema, problems,
};
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
use serde::Serialize;
use serde_json::{Value, value::RawValue};
use tenancy::{RateLimiter, TenantId};
use token::{Machines, Principal, Verifier};

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// The scope that it takes: whoever may send events may say what they are.
const WRITE: &str = "fairlead/events.write";

/// The largest schema, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// As many revisions as can be asked for.
const MOST_REVISIONS: u32 = 999_999_999;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: Verifier,
    machines: Machines,
    rates: RateLimiter,
    answers: AnswerStore,
    types: EventTypeWriter,
    clock: Clock,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

/// A type as it stands.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = EventTypeResponse))]
struct Standing<'a> {
    r#type: &'a str,
    /// How often it was changed.
    revision: u32,
    /// By whom it was registered.
    registered_by: &'a str,
    /// The JSON Schema of its data.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    schema: Value,
}

/// A type on a list, without its schema.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ListedEventType))]
struct Listed<'a> {
    r#type: &'a str,
    /// How often it was changed.
    revision: u32,
    /// By whom it was registered.
    registered_by: &'a str,
}

/// Some types of the tenant.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = EventTypesResponse))]
struct List<'a> {
    event_types: Vec<Listed<'a>>,
    /// Where the next page begins, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

/// Why a schema is not taken.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = BreakingChange))]
struct Breaking {
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Problem))]
    #[serde(flatten)]
    problem: Problem,
    /// The places in the schema that may refuse what was taken before.
    breaks: Vec<String>,
}

impl App {
    /// Reads `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS`, `DIRECTORY_TABLE` and
    /// `LEDGER_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let metrics = Metrics::new(env!("CARGO_PKG_NAME"), clock.clone());
        let counting = (clock.clone(), ids.clone());
        Ok(Self {
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            machines: Machines::new(sdk, directory, clock.clone()),
            rates: RateLimiter::new(sdk, directory, ledger, counting.0, counting.1, metrics),
            answers: AnswerStore::new(sdk, ledger, clock.clone(), ids),
            types: EventTypeWriter::new(sdk, directory),
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
        "GET /v1/event-types" => once(app, request, list).await,
        "GET /v1/event-types/{type}" => once(app, request, read).await,
        "PUT /v1/event-types/{type}" => once(app, request, register).await,
        _ => Err(problems::no_such_route()),
    }
}

/// Answers a machine within its partner's limit, or an operator about their tenant, once under a key.
async fn once(
    app: &App,
    request: &Request,
    route: impl AsyncFn(&App, &Request, &TenantId, &Registrar) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let verified = app.verifier.verify(request.header("authorization")).await?;
    if let Principal::Operator(_) = verified.principal() {
        let operator = verified.operator(WRITE)?;
        let tenant = operator.tenant.as_ref();
        let tenant = tenant.ok_or_else(problems::no_tenant_in_token)?;
        let answer =
            async |request: &Request| route(app, request, tenant, &Registrar::Operator).await;
        return under_key(app, request, &operator.key_holder(), answer).await;
    }
    let machine = verified.machine(WRITE)?;
    app.machines.check(machine).await?;
    let (tenant, holder) = (&machine.tenant, machine.key_holder());
    let registrar = Registrar::Partner(machine.partner.clone());
    let answer = async |request: &Request| route(app, request, tenant, &registrar).await;
    let answer = async || under_key(app, request, &holder, answer).await;
    app.rates.within(tenant, &machine.partner, 1, answer).await
}

/// Answers a request, and one that changes something once under each key that `holder` sends.
async fn under_key(
    app: &App,
    request: &Request,
    holder: &str,
    answer: impl AsyncFnOnce(&Request) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    if request.route_key.starts_with("GET ") {
        return answer(request).await;
    }
    app.answers.once(request, holder, answer).await
}

/// `GET /v1/event-types`: the types of the tenant, without their schemas.
async fn list(
    app: &App,
    request: &Request,
    tenant: &TenantId,
    _: &Registrar,
) -> Result<Response, Problem> {
    let after = request.query_parameter("cursor").map(str::parse);
    let after: Option<EventTypeName> = after.transpose().map_err(|_| problems::no_place())?;
    let page = app.types.list(tenant, after.as_ref()).await;
    let page = page.map_err(|error| problems::unavailable(&error))?;
    let listed = page.types.iter().map(|listed| Listed {
        r#type: listed.name.as_str(),
        revision: listed.revision,
        registered_by: &listed.registered_by,
    });
    let body = List {
        event_types: listed.collect(),
        next: page.next.as_ref().map(EventTypeName::as_str),
    };
    Ok(Response::json(200, "application/json", &body))
}

/// `GET /v1/event-types/{type}`: the type as it stands, or as it stood at a revision.
async fn read(
    app: &App,
    request: &Request,
    tenant: &TenantId,
    _: &Registrar,
) -> Result<Response, Problem> {
    let name = name(request)?;
    let found = match request.query_parameter("revision") {
        None => app.types.find(tenant, &name).await,
        Some(text) => {
            let revision = revision(text).ok_or_else(problems::invalid_revision)?;
            app.types.find_revision(tenant, &name, revision).await
        }
    };
    let found = found.map_err(|error| problems::unavailable(&error))?;
    let found = found.ok_or_else(problems::no_such_type)?;
    Ok(standing(&name, &found))
}

/// A number that is written as it is counted.
fn revision(text: &str) -> Option<u32> {
    let revision: u32 = text.parse().ok()?;
    let is_counted = (1..=MOST_REVISIONS).contains(&revision) && revision.to_string() == text;
    is_counted.then_some(revision)
}

/// `PUT /v1/event-types/{type}`: the schema of the body is the type's from now on.
async fn register(
    app: &App,
    request: &Request,
    tenant: &TenantId,
    registrar: &Registrar,
) -> Result<Response, Problem> {
    let name = name(request)?;
    let body = request
        .body(MAX_BODY)
        .map_err(|_| problems::invalid_schema())?;
    // One that two could read in two ways is none.
    json::check(&body, &Limits::at(app.clock.now())).map_err(|_| problems::invalid_schema())?;
    let schema: Value = serde_json::from_slice(&body).map_err(|_| problems::invalid_schema())?;
    Schema::compile(&schema.to_string()).map_err(|_| problems::invalid_schema())?;
    let registered = app.types.register(tenant, registrar, &name, &schema).await;
    match registered.map_err(|error| problems::unavailable(&error))? {
        Registered::As(found) => Ok(standing(&name, &found)),
        Registered::Taken => Err(problems::type_taken()),
        Registered::Breaking(breaks) => Ok(breaking(breaks)),
    }
}

fn name(request: &Request) -> Result<EventTypeName, Problem> {
    let name = request.path_parameter("type").unwrap_or_default();
    name.parse().map_err(problems::invalid_type)
}

fn standing(name: &EventTypeName, found: &RegisteredType) -> Response {
    let body = Standing {
        r#type: name.as_str(),
        revision: found.revision,
        registered_by: &found.registered_by,
        schema: serde_json::from_str(&found.schema).unwrap_or_default(),
    };
    Response::json(200, "application/json", &body)
}

fn breaking(breaks: Vec<String>) -> Response {
    let problem = problems::breaking_change();
    let head = Response::from(problem.clone());
    Response {
        body: serde_json::to_string(&Breaking { problem, breaks }).ok(),
        ..head
    }
}
