//! In come operators' requests about their tenant's own code: to push it, to see how it is doing, to have another
//! version run, or none. Out goes what is on record of it, what it wrote and what it used; what takes longer is
//! done by extension-register.

#[cfg(feature = "openapi")]
mod description;
mod problems;
mod representation;
mod request;
mod routes;

use aws_types::SdkConfig;
use extension::{
    ExtensionKeeper, ExtensionReader, ExtensionTeller, LogReader, TaskSender, UploadKeeper,
    UsageReader, registry::Names,
};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    idempotency::AnswerStore,
    ids::IdSource,
    log,
    objects::UploadLinker,
    problem::Problem,
};
use serde_json::value::RawValue;
use token::{Operator, Verifier};

#[cfg(feature = "openapi")]
pub use crate::description::description;
use crate::routes::{changes, extensions, logs, uploads, usage};

/// The scope that seeing takes.
const READ: &str = "fairlead/extensions.read";
/// The scope that pushing and changing take.
const WRITE: &str = "fairlead/extensions.write";

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: Verifier,
    answers: AnswerStore,
    reader: ExtensionReader,
    keeper: ExtensionKeeper,
    teller: ExtensionTeller,
    uploads: UploadKeeper,
    linker: UploadLinker,
    tasks: TaskSender,
    logs: LogReader,
    usage: UsageReader,
    names: Names,
    clock: Clock,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

impl App {
    /// Reads `DIRECTORY_TABLE`, `LEDGER_TABLE`, `EXTENSIONS_BUCKET`, `EXTENSION_UPLOADS_QUEUE_URL`,
    /// `EXTENSION_PREFIX`, `EXTENSION_LOGS`, `EVENT_BUS_NAME`, `TOKEN_ISSUER`, `WEB_CLIENT_IDS` and
    /// `OPERATORS_CLIENT_IDS`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let bucket = environment.required("EXTENSIONS_BUCKET")?;
        let queue = environment.required("EXTENSION_UPLOADS_QUEUE_URL")?;
        let names = Names::from_environment(environment)?;
        let bus = environment.required("EVENT_BUS_NAME")?;
        Ok(Self {
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            answers: AnswerStore::new(sdk, ledger, clock.clone(), ids),
            reader: ExtensionReader::new(sdk, directory),
            keeper: ExtensionKeeper::new(sdk, directory),
            teller: ExtensionTeller::new(sdk, bus, directory),
            uploads: UploadKeeper::new(sdk, ledger, clock.clone()),
            linker: UploadLinker::new(sdk, bucket),
            tasks: TaskSender::new(sdk, queue),
            logs: LogReader::new(sdk),
            usage: UsageReader::new(sdk, ledger),
            names,
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
    let operator = verified.operator(scope(&request.route_key))?;
    match request.route_key.as_str() {
        "GET /v1/directory/{tenant}/extensions" => extensions::list(app, request, operator).await,
        "GET /v1/directory/{tenant}/extensions/{extension}" => {
            extensions::show(app, request, operator).await
        }
        "DELETE /v1/directory/{tenant}/extensions/{extension}" => {
            once(app, request, operator, changes::remove).await
        }
        "POST /v1/directory/{tenant}/extensions/{extension}/uploads" => {
            once(app, request, operator, uploads::create).await
        }
        "GET /v1/directory/{tenant}/extensions/{extension}/uploads/{upload_id}" => {
            uploads::show(app, request, operator).await
        }
        "POST /v1/directory/{tenant}/extensions/{extension}/activate" => {
            once(app, request, operator, changes::activate).await
        }
        "POST /v1/directory/{tenant}/extensions/{extension}/rollback" => {
            once(app, request, operator, changes::roll_back).await
        }
        "POST /v1/directory/{tenant}/extensions/{extension}/disable" => {
            once(app, request, operator, changes::disable).await
        }
        "POST /v1/directory/{tenant}/extensions/{extension}/enable" => {
            once(app, request, operator, changes::enable).await
        }
        "GET /v1/directory/{tenant}/extensions/{extension}/logs" => {
            logs::tail(app, request, operator).await
        }
        "GET /v1/directory/{tenant}/extensions/{extension}/usage" => {
            usage::show(app, request, operator).await
        }
        _ => Err(problems::no_such_route()),
    }
}

/// The scope that a route needs.
fn scope(route: &str) -> &'static str {
    match route.split_once(' ') {
        Some(("GET", _)) => READ,
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
