//! In comes what a person's app or a partner's machine knows of who somebody is; out goes, to the
//! person alone, whose profile it is. A machine learns of nobody by asking: all that it is told is the
//! id by which a device goes on whose own is somebody else's. What comes with a write key is a message
//! of an SDK, and goes the way that all of those go.

#[cfg(feature = "openapi")]
mod description;
mod problems;
mod wanted;

use aws_types::SdkConfig;
use consent::Gpc;
use event::Cause;
use identity::{AnonymousId, IdentifierKey};
use intake::SegmentDoor;
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
use profile::{
    Assertion, Identified, IdentifierRules, IdentifyStore, Join, MergeError, Merger, ProfileReader,
    RulesReader, Speaker,
};
use segment::{Call, Kind};
use serde::Serialize;
use serde_json::value::RawValue;
use tenancy::RateLimiter;
use token::{Machines, Principal, TenantsVerifier};

use crate::wanted::Wanted;

#[cfg(feature = "openapi")]
pub use crate::description::description;

/// The scope that a partner's machine needs.
const IDENTIFY: &str = "fairlead/profile.identify";
/// The scope that a person needs.
const WRITE: &str = "fairlead/profile.write";

/// What the function works with.
#[derive(Debug)]
pub struct App {
    verifier: TenantsVerifier,
    machines: Machines,
    profiles: ProfileReader,
    rules: RulesReader,
    store: IdentifyStore,
    merger: Merger,
    answers: AnswerStore,
    rates: RateLimiter,
    gpc: Gpc,
    door: SegmentDoor,
}

/// What was delivered is no request of an HTTP API.
#[derive(Debug, thiserror::Error)]
#[error("the event is not a request in API Gateway's payload format 2.0")]
pub struct UnreadableRequest;

/// What a person is answered, and a machine whose device has another id from now on.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct IdentifyResponse {
    /// To a person: whose profile it is.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<identity::ProfileId>))]
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_id: Option<String>,
    /// The id that the device has from now on, if the one that it had is somebody else's.
    #[serde(skip_serializing_if = "Option::is_none")]
    anonymous_id: Option<AnonymousId>,
}

impl App {
    /// Reads `PROFILES_TABLE`, `IDENTIFIERS_TABLE`, `DIRECTORY_TABLE`, `IDENTIFIER_KEY`,
    /// `LEDGER_TABLE`, `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS`, `EVENTS_TABLE`,
    /// `EVENTS_BUCKET` and `QUARANTINE_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let profiles = environment.required("PROFILES_TABLE")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let key = IdentifierKey::from_environment(environment)?;
        let metrics = Metrics::new(env!("CARGO_PKG_NAME"), clock.clone());
        let rates = RateLimiter::new(sdk, directory, ledger, clock.clone(), ids.clone(), metrics);
        let merger = Merger::new(sdk, profiles, identifiers, clock.clone(), ids.clone());
        Ok(Self {
            verifier: TenantsVerifier::new(environment, sdk, clock.clone())?,
            machines: Machines::new(sdk, directory, clock.clone()),
            profiles: ProfileReader::new(sdk, profiles),
            rules: RulesReader::new(sdk, directory, clock.clone()),
            merger,
            door: SegmentDoor::new(environment, sdk, rates.clone(), clock.clone())?,
            rates,
            gpc: Gpc::new(sdk, profiles, directory, clock.clone(), ids.clone()),
            answers: AnswerStore::new(sdk, ledger, clock.clone(), ids.clone()),
            store: IdentifyStore::new(sdk, profiles, identifiers, key, clock, ids),
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
    if SegmentDoor::is_for(&request) {
        let call = Call::One(Kind::Identify);
        return Ok(app.door.answer(call, &request, &invocation).await);
    }
    let answer = Box::pin(route(app, &request)).await;
    Ok(answer.unwrap_or_else(Response::from))
}

async fn route(app: &App, request: &Request) -> Result<Response, Problem> {
    match request.route_key.as_str() {
        "POST /v1/identify" => once(app, request, identify).await,
        _ => Err(problems::no_such_route()),
    }
}

/// Answers on a route that changes something, once under each key that the caller sends; a machine
/// within its partner's limit.
async fn once(
    app: &App,
    request: &Request,
    route: impl AsyncFn(&App, &Request, &Speaker) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let (speaker, holder) = speaker(app, request).await?;
    let is_there = async || is_there(app, &speaker).await;
    let answer = async |request: &Request| route(app, request, &speaker).await;
    let answer = async || {
        let answered = app.answers.once_while(request, &holder, is_there, answer);
        answered.await
    };
    match &speaker {
        Speaker::Person { .. } => answer().await,
        Speaker::Partner { tenant, partner } => app.rates.within(tenant, partner, 1, answer).await,
    }
}

/// That the person who speaks is there still. What a machine was told tells of nobody.
async fn is_there(app: &App, speaker: &Speaker) -> Result<(), Problem> {
    let Speaker::Person { member, .. } = speaker else {
        return Ok(());
    };
    match app.profiles.profile(*member).await {
        Ok(_) => Ok(()),
        Err(error) => Err(problems::profile(&error)),
    }
}

async fn identify(app: &App, request: &Request, speaker: &Speaker) -> Result<Response, Problem> {
    let wanted = Wanted::read(request)?;
    let rules = app
        .rules
        .rules()
        .await
        .map_err(|error| problems::profile(&error))?;
    let assertion = wanted.assertion(speaker.clone(), &rules)?;
    let cause = Cause {
        request_id: request.id().to_owned(),
    };
    let identified = match &assertion.speaker {
        Speaker::Person { .. } => app.store.identify(&assertion, &rules, &cause).await,
        Speaker::Partner { .. } => app.store.identify_moving(&assertion, &rules, &cause).await,
    };
    let mut identified = identified.map_err(|error| problems::profile(&error))?;
    if let Some(join) = identified.join.take() {
        join_two(app, &mut identified, join, &rules, &cause).await?;
    }
    answer(app, &assertion, &identified, &rules, &cause).await
}

/// Makes the two profiles of `join` one. A request that is cut off before finds them again when it
/// is repeated.
async fn join_two(
    app: &App,
    identified: &mut Identified,
    join: Join,
    rules: &IdentifierRules,
    cause: &Cause,
) -> Result<(), Problem> {
    let grounds = join.grounds(rules);
    match app.merger.join(join.one, join.other, &grounds, cause).await {
        Ok(joined) => identified.profile_id = Some(joined.profile_id),
        Err(MergeError::Refused(refusal)) => {
            tracing::info!(%refusal, profile.id = %join.one, profile.other_id = %join.other, "two profiles stay apart");
            identified.is_device_taken = true;
        }
        Err(MergeError::Profile(error)) => return Err(problems::profile(&error)),
        Err(MergeError::NoSuchMerge) => return Err(problems::no_such_profile()),
    }
    Ok(())
}

/// Who says it, by the token alone, a machine's as long as the directory says the same; and whose their
/// idempotency keys are. What a person's browser says of sale and sharing is done before what they ask.
async fn speaker(app: &App, request: &Request) -> Result<(Speaker, String), Problem> {
    let verified = app.verifier.verify(request.header("authorization")).await?;
    if let Principal::Machine(_) = verified.principal() {
        let machine = verified.machine(IDENTIFY)?;
        app.machines.check(machine).await?;
        let speaker = Speaker::Partner {
            tenant: machine.tenant.clone(),
            partner: machine.partner.clone(),
        };
        return Ok((speaker, machine.key_holder()));
    }
    let person = verified.person(WRITE)?;
    app.gpc.honour(request, person).await?;
    let speaker = Speaker::Person {
        profile_id: person.profile,
        member: person.member,
        tenant: person.tenant.clone(),
    };
    Ok((speaker, person.key_holder()))
}

async fn answer(
    app: &App,
    assertion: &Assertion,
    identified: &Identified,
    rules: &IdentifierRules,
    cause: &Cause,
) -> Result<Response, Problem> {
    let anonymous_id = next_device(app, assertion, identified, rules, cause).await?;
    let profile_id = match &assertion.speaker {
        Speaker::Person { .. } => {
            let id = identified.profile_id;
            Some(id.ok_or_else(problems::no_such_profile)?.to_string())
        }
        // Whatever became of it: whether somebody is known, and by what, is not for a machine.
        Speaker::Partner { .. } if anonymous_id.is_none() => return Ok(Response::empty(204)),
        Speaker::Partner { .. } => None,
    };
    let response = IdentifyResponse {
        profile_id,
        anonymous_id,
    };
    Ok(Response::json(200, "application/json", &response))
}

/// The id that the device has from now on, if its own is somebody else's, or leads to somebody with
/// whom whoever uses it may not be one. Why it is so, nobody is told.
async fn next_device(
    app: &App,
    assertion: &Assertion,
    identified: &Identified,
    rules: &IdentifierRules,
    cause: &Cause,
) -> Result<Option<AnonymousId>, Problem> {
    if identified.next_device.is_some() || !identified.is_device_taken {
        return Ok(identified.next_device.clone());
    }
    let reissued = app.store.reissue(assertion, rules, cause).await;
    reissued
        .map(Some)
        .map_err(|error| problems::profile(&error))
}
