//! In come people who ask by which logins they get in, or who take one off; out go these logins, or
//! nothing more to see of the one. It is the one route that may change the user pool.

#[cfg(feature = "openapi")]
mod description;
mod problems;
mod representation;
mod routes;

use aws_types::SdkConfig;
use consent::Gpc;
use identity::{IdentifierKey, aws::Logins};
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
use profile::{PartitionReader, ProfileReader, TakenOffStore};
use serde_json::value::RawValue;
use token::{Gateway, Person};

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// The scope that reading needs.
const READ: &str = "fairlead/profile.read";
/// The scope that changing needs.
const WRITE: &str = "fairlead/profile.write";

/// What the function works with.
#[derive(Debug)]
pub struct App {
    gateway: Gateway,
    profiles: ProfileReader,
    partitions: PartitionReader,
    logins: Logins,
    gpc: Gpc,
    taken_off: TakenOffStore,
    answers: AnswerStore,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `PROFILES_TABLE`, `IDENTIFIERS_TABLE`, `DIRECTORY_TABLE`, `USER_POOL_ID`,
    /// `IDENTIFIER_KEY`, `LEDGER_TABLE`, `TOKEN_ISSUER`, `WEB_CLIENT_IDS` and
    /// `OPERATORS_CLIENT_IDS`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let profiles = environment.required("PROFILES_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let key = IdentifierKey::from_environment(environment)?;
        let taken_off = TakenOffStore::new(sdk, profiles, identifiers, key.clone(), clock.clone());
        Ok(Self {
            gateway: Gateway::new(environment)?,
            profiles: ProfileReader::new(sdk, profiles),
            partitions: PartitionReader::new(sdk, profiles),
            gpc: Gpc::new(sdk, profiles, directory, clock.clone(), ids.clone()),
            taken_off,
            answers: AnswerStore::new(sdk, ledger, clock, ids),
            logins: Logins::new(sdk, environment.required("USER_POOL_ID")?, key),
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
        "GET /v1/me/logins" => routes::list(app, &admit(app, request, READ).await?).await,
        "DELETE /v1/me/logins/{login}" => once(app, request, routes::take_off).await,
        _ => Err(problems::no_such_route()),
    }
}

/// Answers on a route that changes something, once under each key that the caller sends.
async fn once(
    app: &App,
    request: &Request,
    route: impl AsyncFn(&App, &Request, &Person) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let caller = admit(app, request, WRITE).await?;
    let holder = caller.key_holder();
    let is_there = async || match app.profiles.profile(caller.member).await {
        Ok(_) => Ok(()),
        Err(error) => Err(problems::profile(&error)),
    };
    let answer = async |request: &Request| route(app, request, &caller).await;
    let answered = app.answers.once_while(request, &holder, is_there, answer);
    answered.await
}

/// Who calls, if they may. API Gateway checked the token and its scope; the scope is checked again, so
/// that a route configured too wide opens nothing. What their browser says of sale and sharing is done
/// before what they ask.
async fn admit(app: &App, request: &Request, scope: &str) -> Result<Person, Problem> {
    let caller = app.gateway.verified(request)?.person(scope).cloned()?;
    app.gpc.honour(request, &caller).await?;
    Ok(caller)
}
