//! Taking events, many at once and each by itself.

use std::{
    cell::Cell,
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use cloudevent::{Incoming, Refused};
use futures_util::{StreamExt as _, stream};
use intake::{AcceptError, Acceptance, EventType, Sender, problems};
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
    let (types, is_down) = (&types, &is_down);
    let each = events.read.iter().enumerate();
    let each = each.map(move |(index, read)| async move {
        if is_down.get() || invocation.is_running_out(&app.clock, RESERVE) {
            return Err(problems::busy());
        }
        // Boxed: it reaches deep into the SDK and is kilobytes.
        let told = Box::pin(one(app, types, from, index, read)).await;
        is_down.set(is_down.get() || told.is_err());
        told
    });
    let told: Vec<Result<Told, Problem>> = stream::iter(each).buffered(AT_ONCE).collect().await;
    let told = told.into_iter().collect::<Result<Vec<Told>, Problem>>()?;
    Ok(response(told, events.are_batch))
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

/// Takes one event.
async fn one(
    app: &App,
    types: &Types,
    from: Sender<'_>,
    index: usize,
    read: &Result<Incoming, Refused>,
) -> Result<Told, Problem> {
    let event = match read {
        Ok(event) => event,
        Err(refused) => {
            let problem = problems::refused(refused);
            return Ok(Told::refused(index, refused.id.clone(), problem));
        }
    };
    let id = Some(event.id.clone());
    let Some(kind) = types.get(&event.kind).and_then(Option::as_ref) else {
        return Ok(Told::refused(index, id, problems::unknown_type()));
    };
    if let Err(violation) = kind.schema.check(event) {
        let problem = problems::schema_violation(&violation);
        return Ok(Told::refused(index, id, problem));
    }
    match app.store.accept(event, from).await {
        Ok(Acceptance::Accepted) => Ok(Told::accepted(index, id)),
        Ok(Acceptance::Duplicate) => Ok(Told::duplicate(index, id)),
        Err(AcceptError::Taken) => Ok(Told::refused(index, id, problems::id_taken())),
        Err(error) => Err(problems::unavailable(&error)),
    }
}
