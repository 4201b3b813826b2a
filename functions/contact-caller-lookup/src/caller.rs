//! From a number to whom it belongs, and to what may be told of them.

use std::collections::BTreeSet;

use access::Reason;
use contact::{Caller, Request};
use futures_util::future::try_join;
use identity::{Identifier, PhoneNumber, ProfileId};
use lambda_kit::{Chain, planted};
use partner::Answer;
use profile::{Pointed, TimelineItem};
use tenancy::{FieldGroup, Segment};
use tokio::time::timeout;

use crate::{
    App, FOR_MORE, FOR_WHO, LookupError,
    told::{Known, Status, Told},
};

/// As many of the latest events as are told of.
const MOST_EVENTS: usize = 5;

/// Whose a number is.
enum Whose {
    /// Theirs, who proved it.
    Theirs(ProfileId),
    /// More than one person's, or nobody's who proved it: who calls by it may be anybody of them.
    Anybodys,
    /// Nobody's.
    Nobodys,
}

/// Who calls, and what may be told of them.
pub(crate) async fn look_up(
    app: &App,
    request: &Request,
    request_id: &str,
) -> Result<Told, LookupError> {
    let Caller::By(number) = request.caller() else {
        return Ok(Status::Withheld.told());
    };
    // Boxed: it reaches deep into the SDK, and is kilobytes.
    let decided = Box::pin(decide(app, number, request_id));
    let decided = timeout(FOR_WHO, decided).await;
    let (whose, answer) = decided.map_err(|_| LookupError::TooSlow)??;
    let receipt = answer.receipt_id();
    let Some(given) = answer.given() else {
        let told = refused(&whose, &answer).told();
        return Ok(told.under(receipt).because(answer.reason()));
    };
    let known = Known::of(&given);
    // What of it is not told is told by the flow's next call, or not at all: who calls is known.
    let more = timeout(FOR_MORE, Box::pin(more(app, &answer))).await;
    let known = match more.map_err(|_| LookupError::TooSlow) {
        Ok(Ok((segments, events))) => known.with(segments, &events),
        Ok(Err(error)) | Err(error) => {
            tracing::warn!(error = %Chain(&error), "what is known beside the profile can't be read");
            known.in_part()
        }
    };
    Ok(Status::Found.told().under(receipt).of(known))
}

async fn decide(
    app: &App,
    number: PhoneNumber,
    request_id: &str,
) -> Result<(Whose, Answer), LookupError> {
    let whose = whose(app, number).await?;
    let about = match whose {
        Whose::Theirs(id) => Some(id),
        Whose::Anybodys | Whose::Nobodys => None,
    };
    let to = app.centre.recipient();
    let answer = app.desk.ask(to, about, request_id).await?;
    Ok((whose, answer))
}

/// Whose the number is. One that nobody proved leads to nobody, and so does one of which operators said
/// that many have it: whoever calls by it would be told somebody else's data.
async fn whose(app: &App, number: PhoneNumber) -> Result<Whose, LookupError> {
    let identifier = Identifier::Phone(number);
    if app.rules.rules().await?.blocks(&identifier) {
        return Ok(Whose::Anybodys);
    }
    Ok(match app.identifiers.find(&identifier).await? {
        Some(Pointed::At(owner))
            if owner.verified || planted::is_on("caller-on-somebodys-word") =>
        {
            Whose::Theirs(owner.profile_id)
        }
        Some(Pointed::At(_)) => Whose::Anybodys,
        Some(Pointed::Erased) | None => Whose::Nobodys,
    })
}

/// What is said where nothing may be told. That somebody is not there, was erased, or is there and nobody
/// that the tenant deals with, is one and the same.
fn refused(whose: &Whose, answer: &Answer) -> Status {
    match (whose, answer.reason()) {
        (Whose::Anybodys, Reason::PersonUnknown) => Status::Ambiguous,
        (_, Reason::PersonLocked) if answer.is_visible() => Status::Unavailable,
        (
            _,
            Reason::PersonUnknown
            | Reason::PersonErased
            | Reason::PersonOfAnother
            | Reason::PersonLocked
            | Reason::ConsentMissing,
        ) => Status::Unknown,
        _ => Status::Refused,
    }
}

/// What the tenant calls the person, and what happened to them of late, as far as the answer allows it.
async fn more(
    app: &App,
    answer: &Answer,
) -> Result<(BTreeSet<Segment>, Vec<TimelineItem>), LookupError> {
    try_join(segments(app, answer), events(app, answer)).await
}

/// What a tenant calls its people goes with where they are and what they speak.
async fn segments(app: &App, answer: &Answer) -> Result<BTreeSet<Segment>, LookupError> {
    let Some((id, _)) = answer.allows(FieldGroup::Demographics) else {
        return Ok(BTreeSet::new());
    };
    let tenant = &app.centre.tenant;
    let tenants = BTreeSet::from([tenant.clone()]);
    let mut latest = app.segments.latest(id, &tenants).await?;
    Ok(latest
        .remove(tenant)
        .map(|word| word.segments)
        .unwrap_or_default())
}

async fn events(app: &App, answer: &Answer) -> Result<Vec<TimelineItem>, LookupError> {
    let Some((id, _)) = answer.allows(FieldGroup::Events) else {
        return Ok(Vec::new());
    };
    let members = app.partitions.members(id).await?;
    let page = app
        .timelines
        .page(&members, &app.centre.tenant, None)
        .await?;
    let mut events = page.events;
    events.truncate(MOST_EVENTS);
    Ok(events)
}
