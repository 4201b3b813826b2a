//! In comes a partner's wish to see all who consented to a purpose, or those of them whom a filter
//! means; out go pages of them, each person decided on anew and with a receipt.

#[cfg(feature = "openapi")]
mod description;
mod parameters;

use access::Person;
use audience::{Audience, AudienceReader, Binding, Filter, Listed};
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
use tenancy::{FieldGroup, LegalBasis};

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// As many people as a page has: their receipts are one transaction.
const PAGE: usize = 100;

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
#[cfg_attr(feature = "openapi", schema(as = AudienceResponse))]
struct Page<'a> {
    profiles: Vec<Given<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
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
        "GET /v1/profiles" => list(app, request).await,
        _ => Err(problems::no_such_route()),
    }
}

async fn list(app: &App, request: &Request) -> Result<Response, Problem> {
    let asker = app.gate.asker(request).await?;
    let filter = parameters::filter(request)?;
    let answer = async |asking: Asking| page(app, request, asking, &filter).await;
    app.gate.limited(request, asker, PAGE, answer).await
}

/// The page of those whom `filter` means.
async fn page(
    app: &App,
    request: &Request,
    mut asking: Asking,
    filter: &Filter,
) -> Result<Response, Problem> {
    if asking.definition().legal_basis() != LegalBasis::Consent {
        return Err(problems::unlistable_purpose());
    }
    if filter.country.is_some() {
        // Whom it lists by their country, it tells the country of.
        let asked = asking.clone().only(FieldGroup::Demographics);
        if let Some(refusal) = app.gate.refusal(&asked).await? {
            return Ok(refusal.into_response());
        }
        asking = asking.and(FieldGroup::Demographics);
    }
    if let Some(refusal) = app.gate.refusal(&asking).await? {
        return Ok(refusal.into_response());
    }
    let audience = Audience {
        tenant: asking.machine().tenant.clone(),
        purpose: asking.definition().purpose().clone(),
    };
    let binding = Binding::new(&app.key, &asking.machine().partner, &audience, filter);
    let place = parameters::place(request, &binding, filter)?;
    let listed = app.audiences.list(&audience, filter, place, PAGE).await;
    let Listed { people, next } = listed.map_err(|error| problems::unavailable(&error))?;
    let answers = decide(app, &asking, &people).await?;
    let page = Page {
        profiles: answers.iter().filter_map(Answer::given).collect(),
        next: next.map(|place| binding.seal(&place)),
    };
    Ok(Response::json(200, "application/json", &page))
}

/// Decides on those of `people` who are there by that very id. Who is being merged just now, was
/// merged or erased is left out; a feed tells what becomes of them.
async fn decide(app: &App, asking: &Asking, people: &[ProfileId]) -> Result<Vec<Answer>, Problem> {
    let subjects = app.gate.look_up(asking, people).await?;
    let found = people.iter().zip(subjects);
    let present: Vec<Subject> = found
        .filter(|(id, subject)| subject.person() == Person::Live(**id))
        .map(|(_, subject)| subject)
        .collect();
    app.gate.answers(asking, present).await
}
