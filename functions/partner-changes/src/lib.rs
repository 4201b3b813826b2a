//! In comes a partner's place in the feed of those who consented to a purpose; out goes what became
//! of people since, each of them decided on anew and with a receipt, and the place after it.

#[cfg(feature = "openapi")]
mod description;

use access::Person;
use audience::{
    Audience, AudienceReader, Binding, Change, Changes, CursorError, Filter, Positions,
};
use aws_types::SdkConfig;
use identity::{IdentifierKey, ProfileId};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    ids::IdSource,
    log,
    problem::Problem,
};
use partner::{Answer, Asking, Gate, Given, Subject, problems};
use serde::Serialize;
use serde_json::value::RawValue;
use tenancy::LegalBasis;

/// As many changes as a page has: their receipts are one transaction.
const PAGE: usize = 100;

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    gate: Gate,
    audiences: AudienceReader,
    /// By which the places that were given out are known.
    key: IdentifierKey,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

/// A page.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ChangesResponse))]
struct Page<'a> {
    changes: Vec<Told<'a>>,
    next: String,
    more: bool,
}

/// What became of somebody.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = AudienceChange))]
#[serde(tag = "change", rename_all = "snake_case")]
enum Told<'a> {
    /// They can be seen, and look like this now.
    Changed(Given<'a>),
    /// They can't be seen any more.
    Gone { profile_id: ProfileId },
}

/// How somebody was found.
enum Sight {
    /// To be decided on.
    Present,
    /// Not there, or under another id.
    Gone,
    /// They are being merged or split; what comes of it is a change of its own.
    Unsettled,
}

impl App {
    /// Reads `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS`, `DIRECTORY_TABLE`,
    /// `PROFILES_TABLE`, `RECEIPTS_TABLE`, `LEDGER_TABLE`, `AUDIENCES_TABLE` and `IDENTIFIER_KEY`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let audiences = environment.required("AUDIENCES_TABLE")?;
        Ok(Self {
            audiences: AudienceReader::new(sdk, audiences),
            key: IdentifierKey::from_environment(environment)?,
            gate: Gate::new(environment, sdk, env!("CARGO_PKG_NAME"), clock, ids)?,
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
        "GET /v1/changes" => changes(app, request).await,
        _ => Err(problems::no_such_route()),
    }
}

async fn changes(app: &App, request: &Request) -> Result<Response, Problem> {
    let asker = app.gate.asker(request).await?;
    let answer = async |asking: Asking| page(app, request, asking).await;
    // However many changes a page has, people make them and not the partner.
    app.gate.limited(request, asker, 1, answer).await
}

/// The page after the caller's place.
async fn page(app: &App, request: &Request, asking: Asking) -> Result<Response, Problem> {
    if asking.definition().legal_basis() != LegalBasis::Consent {
        return Err(problems::unlistable_purpose());
    }
    if let Some(refusal) = app.gate.refusal(&asking).await? {
        return Ok(refusal.into_response());
    }
    let audience = Audience {
        tenant: asking.machine().tenant.clone(),
        purpose: asking.definition().purpose().clone(),
    };
    let partner = &asking.machine().partner;
    let binding = Binding::new(&app.key, partner, &audience, &Filter::default());
    let read = match since(app, request, &binding)? {
        Some(positions) => {
            let now = app.gate.now();
            app.audiences
                .changes(&audience, &positions, now, PAGE)
                .await
        }
        None => beginning(app, &audience).await,
    };
    let read = read.map_err(|error| problems::unavailable(&error))?;
    let (sights, answers) = look(app, &asking, &read.changes).await?;
    let page = Page {
        changes: told(&read.changes, &sights, &answers),
        next: binding.seal(&read.next),
        more: read.are_more,
    };
    Ok(Response::json(200, "application/json", &page))
}

/// The place from which the caller reads on; `None` if they have none yet.
fn since(app: &App, request: &Request, binding: &Binding) -> Result<Option<Positions>, Problem> {
    let Some(since) = request.query_parameter("since") else {
        return Ok(None);
    };
    let positions = binding.positions(since, app.gate.now());
    positions.map(Some).map_err(|error| match error {
        CursorError::Expired => problems::cursor_expired(),
        CursorError::Foreign => problems::parameter(
            "since",
            "Send next as it came with the page before, with the same purpose.",
        ),
    })
}

/// No changes, and the place after all that there are.
async fn beginning(app: &App, audience: &Audience) -> Result<Changes, audience::AudienceError> {
    let next = app.audiences.positions(audience, app.gate.now()).await?;
    Ok(Changes {
        changes: Vec::new(),
        next,
        are_more: false,
    })
}

/// Looks for those who came or changed, and decides on those who are there; who left is told without
/// looking at them.
async fn look(
    app: &App,
    asking: &Asking,
    changes: &[Change],
) -> Result<(Vec<Sight>, Vec<Answer>), Problem> {
    let came = changes.iter().filter(|change| !change.is_gone);
    let came: Vec<ProfileId> = came.map(|change| change.profile_id).collect();
    let mut found = app
        .gate
        .look_up(asking, &came)
        .await?
        .into_iter()
        .peekable();
    let mut present: Vec<Subject> = Vec::new();
    let sight = |change: &Change| {
        let subject = found.next_if(|_| !change.is_gone)?;
        match subject.person() {
            Person::Live(id) if id == change.profile_id => present.push(subject),
            Person::Locked(id) if id == change.profile_id => return Some(Sight::Unsettled),
            _ => return None,
        }
        Some(Sight::Present)
    };
    let sights = changes.iter().map(sight);
    let sights = sights.map(|sight| sight.unwrap_or(Sight::Gone)).collect();
    let answers = app.gate.answers(asking, present).await?;
    Ok((sights, answers))
}

/// What the partner is told of each: whom it may not see is gone.
fn told<'a>(changes: &[Change], sights: &[Sight], answers: &'a [Answer]) -> Vec<Told<'a>> {
    let mut answers = answers.iter();
    let seen = changes.iter().zip(sights);
    seen.filter_map(|(change, sight)| {
        let given = match sight {
            Sight::Present => answers.next().and_then(Answer::given),
            Sight::Gone => None,
            Sight::Unsettled => return None,
        };
        let profile_id = change.profile_id;
        Some(given.map_or(Told::Gone { profile_id }, Told::Changed))
    })
    .collect()
}
