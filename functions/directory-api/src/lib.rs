//! In come operators' requests to see and define what stands in the directory: tenants, their
//! partners, purposes, agreements, notification rules and messages; by which write keys and hooks partners
//! send events, and which are published to them; and the rules for identifiers, which are of no tenant. Out
//! goes what is defined, by whom and when, and each write key once.

#[cfg(feature = "openapi")]
mod description;
mod problems;
mod representation;
mod request;
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
use serde_json::value::RawValue;
use tenancy::{DirectoryKeeper, WriteKeyKeeper, WriteKeySource};
use token::{Operator, Verifier};

#[cfg(feature = "openapi")]
pub use crate::description::description;
use crate::routes::{
    agreements, fan_outs, hooks, identifier_rules, messages, notification_rules, partners,
    purposes, tenants, write_keys,
};

/// The scope that seeing definitions needs.
const READ: &str = "fairlead/directory.read";
/// The scope that defining needs.
const WRITE: &str = "fairlead/directory.write";
/// The scope that defining the rules for identifiers needs, which hold for all tenants' people.
const WRITE_RULES: &str = "fairlead/identifier-rules.write";

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: Verifier,
    keeper: DirectoryKeeper,
    write_keys: WriteKeyKeeper,
    new_keys: WriteKeySource,
    answers: AnswerStore,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `DIRECTORY_TABLE`, `LEDGER_TABLE`, `TOKEN_ISSUER`, `WEB_CLIENT_IDS` and
    /// `OPERATORS_CLIENT_IDS`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
        new_keys: WriteKeySource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        Ok(Self {
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            keeper: DirectoryKeeper::new(sdk, directory, clock.clone()),
            write_keys: WriteKeyKeeper::new(sdk, directory, clock.clone()),
            new_keys,
            answers: AnswerStore::new(sdk, ledger, clock, ids),
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
    let operator = verified.operator(scope(&request.route_key))?;
    match request.route_key.as_str() {
        "GET /v1/directory" => tenants::list(app, request).await,
        "GET /v1/directory/{tenant}" => tenants::show(app, request, operator).await,
        "PUT /v1/directory/{tenant}" => once(app, request, operator, tenants::put).await,
        "GET /v1/directory/{tenant}/partners" => partners::list(app, request, operator).await,
        "GET /v1/directory/{tenant}/partners/{partner}" => {
            partners::show(app, request, operator).await
        }
        "PUT /v1/directory/{tenant}/partners/{partner}" => {
            once(app, request, operator, partners::put).await
        }
        "GET /v1/directory/{tenant}/purposes" => purposes::list(app, request, operator).await,
        "GET /v1/directory/{tenant}/purposes/{purpose}" => {
            purposes::show(app, request, operator).await
        }
        "PUT /v1/directory/{tenant}/purposes/{purpose}" => {
            once(app, request, operator, purposes::put).await
        }
        "GET /v1/directory/{tenant}/agreements" => agreements::list(app, request, operator).await,
        "GET /v1/directory/{tenant}/agreements/{agreement}" => {
            agreements::show(app, request, operator).await
        }
        "PUT /v1/directory/{tenant}/agreements/{agreement}" => {
            once(app, request, operator, agreements::put).await
        }
        "GET /v1/directory/{tenant}/notification-rules" => {
            notification_rules::list(app, request, operator).await
        }
        "GET /v1/directory/{tenant}/notification-rules/{type}" => {
            notification_rules::show(app, request, operator).await
        }
        "PUT /v1/directory/{tenant}/notification-rules/{type}" => {
            once(app, request, operator, notification_rules::put).await
        }
        "GET /v1/directory/{tenant}/messages" => messages::list(app, request, operator).await,
        "GET /v1/directory/{tenant}/messages/{kind}/{language}" => {
            messages::show(app, request, operator).await
        }
        "PUT /v1/directory/{tenant}/messages/{kind}/{language}" => {
            once(app, request, operator, messages::put).await
        }
        "GET /v1/identifier-rules" => identifier_rules::show(app).await,
        "PUT /v1/identifier-rules" => once(app, request, operator, identifier_rules::put).await,
        _ => of_senders(app, request, operator).await,
    }
}

/// The routes by which is defined what partners send, and what is published to them.
async fn of_senders(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    match request.route_key.as_str() {
        "GET /v1/directory/{tenant}/partners/{partner}/write-keys" => {
            write_keys::list(app, request, operator).await
        }
        "POST /v1/directory/{tenant}/partners/{partner}/write-keys" => {
            once(app, request, operator, write_keys::create).await
        }
        "DELETE /v1/directory/{tenant}/partners/{partner}/write-keys/{write_key_id}" => {
            once(app, request, operator, write_keys::revoke).await
        }
        "GET /v1/directory/{tenant}/hooks" => hooks::list(app, request, operator).await,
        "GET /v1/directory/{tenant}/hooks/{partner}/{source}" => {
            hooks::show(app, request, operator).await
        }
        "PUT /v1/directory/{tenant}/hooks/{partner}/{source}" => {
            once(app, request, operator, hooks::put).await
        }
        "GET /v1/directory/{tenant}/fan-outs" => fan_outs::list(app, request, operator).await,
        "GET /v1/directory/{tenant}/fan-outs/{partner}" => {
            fan_outs::show(app, request, operator).await
        }
        "PUT /v1/directory/{tenant}/fan-outs/{partner}" => {
            once(app, request, operator, fan_outs::put).await
        }
        _ => Err(problems::no_such_route()),
    }
}

/// The scope that a route needs.
fn scope(route: &str) -> &'static str {
    match route.split_once(' ') {
        Some(("GET", _)) => READ,
        Some((_, "/v1/identifier-rules")) => WRITE_RULES,
        _ => WRITE,
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
