//! Taking events, many at once and each by itself.

use std::{
    cell::Cell,
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use cloudevent::{Incoming, Refused};
use futures_util::{StreamExt as _, stream};
use intake::{AcceptError, Acceptance, EventType, RejectedItem, Sender, problems};
use lambda_kit::{
    Invocation,
    http::{Request, Response},
    problem::Problem,
};
use token::Machine;

use crate::{
    App,
    answer::{Told, response},
    reading::Events,
};

/// How many events of a request are written at once.
const AT_ONCE: usize = 32;

/// Nothing new is begun when less is left: a call takes no longer.
const RESERVE: Duration = Duration::from_secs(4);

/// The types that a request's events have, as far as the tenant takes them.
type Types = HashMap<String, Option<Arc<EventType>>>;

/// Takes the events of `request`, and tells of each what became of it.
///
/// # Errors
/// That it can't be done now, if that is so of any of them: whoever sends all of them again sends none
/// twice.
pub(crate) async fn accept(
    app: &App,
    request: &Request,
    invocation: &Invocation,
    machine: &Machine,
    events: Events,
) -> Result<Response, Problem> {
    let types = types(app, machine, &events).await?;
    let from = Sender {
        tenant: &machine.tenant,
        partner: &machine.partner,
        request_id: request.id(),
    };
    // What one call runs into, the next ones would: they are not begun.
    let is_down = Cell::new(false);
    let (types, is_down, body) = (&types, &is_down, events.body.as_slice());
    let each = events.read.iter().enumerate();
    let each = each.map(move |(index, read)| async move {
        if is_down.get() || invocation.is_running_out(&app.clock, RESERVE) {
            return Err(problems::busy());
        }
        // Boxed: both reach deep into the SDK and are kilobytes.
        let outcome = match Box::pin(one(app, types, from, read)).await {
            Ok(Err(problem)) => {
                let kept = Box::pin(keep(app, from, read, body, &problem)).await;
                kept.map(|()| Err(problem))
            }
            outcome => outcome,
        };
        is_down.set(is_down.get() || outcome.is_err());
        Ok(told(index, read, outcome?))
    });
    let all: Vec<Result<Told, Problem>> = stream::iter(each).buffered(AT_ONCE).collect().await;
    let all = all.into_iter().collect::<Result<Vec<Told>, Problem>>()?;
    Ok(response(all, events.are_batch))
}

/// Looks each type up once that is among the events.
async fn types(app: &App, machine: &Machine, events: &Events) -> Result<Types, Problem> {
    let kinds = events.read.iter().flatten().map(|event| &event.kind);
    let kinds: BTreeSet<&String> = kinds.collect();
    let found = kinds.into_iter().map(move |kind| async move {
        let found = app.types.find(&machine.tenant, kind).await;
        let found = found.map_err(|error| problems::unavailable(&error))?;
        Ok((kind.clone(), found))
    });
    let found: Vec<Result<_, Problem>> = stream::iter(found).buffered(AT_ONCE).collect().await;
    found.into_iter().collect()
}

/// Takes one event, or says why it is refused.
async fn one(
    app: &App,
    types: &Types,
    from: Sender<'_>,
    read: &Result<Incoming, Refused>,
) -> Result<Result<Acceptance, Problem>, Problem> {
    let event = match read {
        Ok(event) => event,
        Err(refused) => return Ok(Err(problems::refused(refused))),
    };
    let Some(kind) = types.get(&event.kind).and_then(Option::as_ref) else {
        return Ok(Err(problems::unknown_type()));
    };
    if let Err(violation) = kind.schema.check(event) {
        return Ok(Err(problems::schema_violation(&violation)));
    }
    match app.store.accept(event, from).await {
        Ok(acceptance) => Ok(Ok(acceptance)),
        Err(AcceptError::Taken) => Ok(Err(problems::id_taken())),
        Err(error) => Err(problems::unavailable(&error)),
    }
}

/// Keeps what was refused for its sender to look at.
async fn keep(
    app: &App,
    from: Sender<'_>,
    read: &Result<Incoming, Refused>,
    body: &[u8],
    problem: &Problem,
) -> Result<(), Problem> {
    let whose = (from.tenant, from.partner);
    let now = app.clock.now();
    let item = match read {
        Ok(event) => {
            let json = event.to_json();
            RejectedItem::new(whose, id(read), json.as_bytes(), problem, now)
        }
        Err(refused) => {
            let raw = body.get(refused.raw.clone()).unwrap_or_default();
            RejectedItem::new(whose, id(read), raw, problem, now)
        }
    };
    let kept = app.quarantine.keep(&item).await;
    kept.map_err(|error| problems::unavailable(&error))
}

fn told(
    index: usize,
    read: &Result<Incoming, Refused>,
    outcome: Result<Acceptance, Problem>,
) -> Told {
    match outcome {
        Ok(Acceptance::Accepted) => Told::accepted(index, id(read)),
        Ok(Acceptance::Duplicate) => Told::duplicate(index, id(read)),
        Err(problem) => Told::refused(index, id(read), problem),
    }
}

fn id(read: &Result<Incoming, Refused>) -> Option<String> {
    match read {
        Ok(event) => Some(event.id.clone()),
        Err(refused) => refused.id.clone(),
    }
}
