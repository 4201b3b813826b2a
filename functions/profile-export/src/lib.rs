//! In come people who want all that is held on them; out goes a link to an archive with it, which
//! nobody but they are given and which soon opens nothing any more.

mod archive;
mod contents;
#[cfg(feature = "openapi")]
mod description;
mod export_id;
mod left_out;
mod problems;

use std::time::Duration;

use access::ReceiptReader;
use audience::MembershipReader;
use aws_types::SdkConfig;
use consent::Gpc;
use erasure::PersonErasures;
use identity::{IdentifierKey, aws::UserReader};
use jiff::Timestamp;
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    idempotency::AnswerStore,
    ids::IdSource,
    log,
    objects::{ObjectLinker, ObjectWriter},
    problem::Problem,
};
use profile::{IdentifierBatchReader, PartitionReader, ProfileReader, TrailReader};
use serde::Serialize;
use serde_json::value::RawValue;
use token::{Gateway, Person};

use crate::{archive::Archive, contents::Contents, export_id::ExportId};

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// The scope that it takes.
const SCOPE: &str = "fairlead/profile.read";

/// For how long a link opens its archive.
const LINK: Duration = Duration::from_mins(5);

/// What the function works with.
#[derive(Debug)]
pub struct App {
    gateway: Gateway,
    profiles: ProfileReader,
    partitions: PartitionReader,
    trails: TrailReader,
    identifiers: IdentifierBatchReader,
    receipts: ReceiptReader,
    memberships: MembershipReader,
    erasures: PersonErasures,
    users: UserReader,
    user_pool: String,
    writer: ObjectWriter,
    linker: ObjectLinker,
    gpc: Gpc,
    answers: AnswerStore,
    clock: Clock,
    ids: IdSource,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

/// Where the archive is, and until when.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct ExportResponse {
    export_id: ExportId,
    #[cfg_attr(feature = "openapi", schema(format = "uri"))]
    url: String,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    expires_at: Timestamp,
}

impl App {
    /// Reads `PROFILES_TABLE`, `IDENTIFIERS_TABLE`, `IDENTIFIER_KEY`, `DIRECTORY_TABLE`,
    /// `RECEIPTS_TABLE`, `AUDIENCES_TABLE`, `ERASURES_TABLE`, `USER_POOL_ID`, `EXPORTS_BUCKET`,
    /// `LEDGER_TABLE`, `TOKEN_ISSUER`, `WEB_CLIENT_IDS` and `OPERATORS_CLIENT_IDS`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let key = IdentifierKey::from_environment(environment)?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let bucket = environment.required("EXPORTS_BUCKET")?;
        Ok(Self {
            gateway: Gateway::new(environment)?,
            profiles: ProfileReader::new(sdk, profiles),
            partitions: PartitionReader::new(sdk, profiles),
            trails: TrailReader::new(sdk, profiles),
            identifiers: IdentifierBatchReader::new(sdk, identifiers, key),
            receipts: ReceiptReader::new(sdk, environment.required("RECEIPTS_TABLE")?),
            memberships: MembershipReader::new(sdk, environment.required("AUDIENCES_TABLE")?),
            erasures: PersonErasures::new(sdk, environment.required("ERASURES_TABLE")?),
            users: UserReader::new(sdk),
            user_pool: environment.required("USER_POOL_ID")?.to_owned(),
            writer: ObjectWriter::new(sdk, bucket),
            linker: ObjectLinker::new(sdk, bucket),
            gpc: Gpc::new(sdk, profiles, directory, clock.clone(), ids.clone()),
            answers: AnswerStore::new(
                sdk,
                environment.required("LEDGER_TABLE")?,
                clock.clone(),
                ids.clone(),
            ),
            clock,
            ids,
        })
    }
}

/// Answers a request. An error is an answer too: only an event that is no request at all fails.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<Response, UnreadableRequest> {
    let request: Request = serde_json::from_str(event.get()).map_err(|_| UnreadableRequest)?;
    log::correlate(request.id());
    let answer = Box::pin(route(app, &request, &invocation)).await;
    Ok(answer.unwrap_or_else(Response::from))
}

async fn route(app: &App, request: &Request, invocation: &Invocation) -> Result<Response, Problem> {
    match request.route_key.as_str() {
        "POST /v1/me/export" => once(app, request, invocation).await,
        _ => Err(problems::no_such_route()),
    }
}

/// Answers once under each key that the caller sends. API Gateway checked the token and its scope; the
/// scope is checked again, so that a route configured too wide opens nothing. What the caller's browser
/// says of sale and sharing is done before.
async fn once(app: &App, request: &Request, invocation: &Invocation) -> Result<Response, Problem> {
    let caller = app.gateway.verified(request)?.person(SCOPE).cloned()?;
    app.gpc.honour(request, &caller).await?;
    let holder = caller.key_holder();
    let is_there = async || match app.profiles.profile(caller.member).await {
        Ok(_) => Ok(()),
        Err(error) => Err(problems::export(&error.into())),
    };
    let answer = async |_: &Request| export(app, &caller, invocation).await;
    // As long as Lambda lets this one run, a repetition is told to wait.
    let left = invocation.left(&app.clock);
    let answers = app.answers.clone().leased_for(left);
    answers.once_while(request, &holder, is_there, answer).await
}

/// `POST /v1/me/export`: all that is held on the caller, in an archive of its own each time.
async fn export(app: &App, caller: &Person, invocation: &Invocation) -> Result<Response, Problem> {
    let export_id = ExportId::new(app.ids.uuid());
    let contents = Contents::new(app, export_id, invocation);
    let members = contents.members(caller.member).await;
    let members = members.map_err(|error| problems::export(&error))?;
    let root = members.first().copied().unwrap_or(caller.member);
    let key = format!("exports/{root}/{export_id}.zip");
    let mut archive = Archive::new(app.writer.upload(&key, "application/zip"));
    let written = async {
        contents.write(&members, &mut archive).await?;
        archive.finish().await
    };
    written.await.map_err(|error| problems::export(&error))?;
    let now = app.clock.now();
    let name = format!("{export_id}.zip");
    let link = app.linker.link(&key, &name, now, LINK).await;
    let url = link.map_err(|error| problems::export(&error.into()))?;
    let body = ExportResponse {
        export_id,
        url: url.into_inner(),
        expires_at: now + LINK,
    };
    Ok(Response::json(201, "application/json", &body))
}
