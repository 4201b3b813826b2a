//! In come a person's requests about their own profile; out go its fields, or problem details. Who
//! the person is stands in the token that API Gateway verified, so that nobody can name another.

mod caller;
#[cfg(feature = "openapi")]
mod description;
mod problems;
mod representation;
mod routes;

use aws_types::SdkConfig;
use consent::{ConsentReader, ConsentWriter, Gpc};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    idempotency::AnswerStore,
    ids::IdSource,
    ledger::LedgerReader,
    log,
    problem::Problem,
};
use notification::NoticeTestStore;
use profile::{PartitionReader, ProfileReader, ProfileWriter, TimelineReader};
use serde_json::value::RawValue;
use tenancy::PurposeReader;
use token::{Gateway, Person};

use crate::caller::{READ, WRITE, caller};

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    gateway: Gateway,
    reader: ProfileReader,
    writer: ProfileWriter,
    partitions: PartitionReader,
    timelines: TimelineReader,
    consent_reader: ConsentReader,
    consent_writer: ConsentWriter,
    purposes: PurposeReader,
    gpc: Gpc,
    tests: NoticeTestStore,
    ledger: LedgerReader,
    answers: AnswerStore,
    clock: Clock,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS`, `PROFILES_TABLE`,
    /// `DIRECTORY_TABLE` and `LEDGER_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let table = environment.required("PROFILES_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let reader = ProfileReader::new(sdk, table);
        let consent_reader = ConsentReader::new(sdk, table);
        let consent_writer = ConsentWriter::new(consent_reader.clone(), clock.clone(), ids.clone());
        let purposes = PurposeReader::new(sdk, directory, clock.clone());
        Ok(Self {
            gateway: Gateway::new(environment)?,
            gpc: Gpc::with(purposes.clone(), consent_writer.clone()),
            tests: NoticeTestStore::new(sdk, table, clock.clone(), ids.clone()),
            ledger: LedgerReader::new(sdk, ledger),
            answers: AnswerStore::new(sdk, ledger, clock.clone(), ids.clone()),
            writer: ProfileWriter::new(reader.clone(), clock.clone(), ids),
            reader,
            partitions: PartitionReader::new(sdk, table),
            timelines: TimelineReader::new(sdk, table),
            consent_reader,
            consent_writer,
            purposes,
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
        "GET /v1/me" => routes::me::read(app, request, &admit(app, request, READ).await?).await,
        "PATCH /v1/me" => once(app, request, routes::me::patch).await,
        "GET /v1/me/events" => {
            routes::events::read(app, request, &admit(app, request, READ).await?).await
        }
        "GET /v1/me/traits" => routes::traits::read(app, &admit(app, request, READ).await?).await,
        "GET /v1/me/consents" => {
            routes::consents::list(app, &admit(app, request, READ).await?).await
        }
        "GET /v1/me/consents/{purpose}" => {
            routes::consents::read(app, request, &admit(app, request, READ).await?).await
        }
        "PUT /v1/me/consents/{purpose}" => once(app, request, routes::consents::put).await,
        "GET /v1/me/notices" => routes::notices::read(app, &admit(app, request, READ).await?).await,
        "POST /v1/me/notices/test" => once(app, request, routes::notices::test).await,
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
    let is_there = async || match app.reader.profile(caller.member).await {
        Ok(_) => Ok(()),
        Err(error) => Err(problems::profile(&error)),
    };
    let answer = async |request: &Request| route(app, request, &caller).await;
    let answered = app.answers.once_while(request, &holder, is_there, answer);
    answered.await
}

/// Who calls, if they may. What their browser says of sale and sharing is done before what they ask.
async fn admit(app: &App, request: &Request, scope: &str) -> Result<Person, Problem> {
    let caller = caller(app, request, scope)?;
    app.gpc.honour(request, &caller).await?;
    Ok(caller)
}
