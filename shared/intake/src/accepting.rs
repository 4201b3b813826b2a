//! Taking events, many at once and each by itself.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use cloudevent::{Headers, Incoming, Payload, Refused};
use futures_util::{StreamExt as _, stream};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    http::Request,
    planted,
    problem::Problem,
};
use segment::Kind;

use crate::{
    Acceptance, Came, EventStore, EventType, EventTypes, QuarantineWriter, RejectedItem, Sender,
    Surface, Told, problems,
};

/// How many events of a request are written at once.
const AT_ONCE: usize = 32;

/// Nothing new is begun when less is left: a call takes no longer.
const RESERVE: Duration = Duration::from_secs(4);

/// The types that a request's events have, as far as the tenant takes them.
type Types = HashMap<String, Option<Arc<EventType>>>;

/// The largest request that is kept whole, in bytes: as much as API Gateway takes.
const LARGEST_REQUEST: usize = 10 * 1024 * 1024;

/// Takes events of senders who were let in, by whichever way they came: on the directory
/// `dynamodb:GetItem`, on the events what [`EventStore`] needs, and on the quarantine what
/// [`QuarantineWriter`] does.
#[derive(Debug)]
pub struct Intake {
    types: EventTypes,
    store: EventStore,
    quarantine: QuarantineWriter,
    clock: Clock,
}

/// What a request holds.
pub struct Batch {
    /// Its events, each by itself.
    pub events: Vec<Result<Incoming, Refused>>,
    /// The body that they came in, unpacked.
    pub body: Vec<u8>,
    /// In binary mode the headers that its one event is made of, beside the body.
    pub headers: BTreeMap<String, String>,
    /// By which way they came.
    pub surface: Surface,
    /// What the path says that a message of an SDK is.
    pub call: Option<Kind>,
}

impl Intake {
    /// Reads `DIRECTORY_TABLE`, `EVENTS_TABLE`, `EVENTS_BUCKET` and `QUARANTINE_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &aws_types::SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let events = environment.required("EVENTS_TABLE")?;
        let bucket = environment.required("EVENTS_BUCKET")?;
        let quarantine = environment.required("QUARANTINE_TABLE")?;
        Ok(Self {
            types: EventTypes::new(sdk, directory, clock.clone()),
            store: EventStore::new(sdk, events, bucket, clock.clone()),
            quarantine: QuarantineWriter::new(sdk, quarantine, bucket),
            clock,
        })
    }

    /// Takes the events of a request, and tells of each what became of it.
    ///
    /// # Errors
    /// That it can't be done now, if that is so of any of them: whoever sends all of them again sends
    /// none twice.
    pub async fn accept(
        &self,
        from: Sender<'_>,
        batch: &Batch,
        invocation: &Invocation,
    ) -> Result<Vec<Told>, Problem> {
        let types = self.types(from, batch).await?;
        // What one call runs into, the next ones would: they are not begun.
        let is_down = Cell::new(false);
        let (types, is_down) = (&types, &is_down);
        let each = batch.events.iter().enumerate();
        let each = each.map(move |(index, read)| async move {
            if is_down.get() || invocation.is_running_out(&self.clock, RESERVE) {
                return Err(problems::busy());
            }
            // Boxed: both reach deep into the SDK and are kilobytes.
            let outcome = match Box::pin(self.one(types, from, batch.surface, read)).await {
                Ok(Err(problem)) => {
                    let kept = Box::pin(self.keep(from, read, batch, &problem)).await;
                    kept.map(|()| Err(problem))
                }
                outcome => outcome,
            };
            is_down.set(is_down.get() || outcome.is_err());
            Ok(told(index, read, outcome?))
        });
        let all: Vec<Result<Told, Problem>> = stream::iter(each).buffered(AT_ONCE).collect().await;
        all.into_iter().collect()
    }

    /// Looks each type up once that is among the events.
    async fn types(&self, from: Sender<'_>, batch: &Batch) -> Result<Types, Problem> {
        if batch.surface.has_types_of_its_own() {
            return Ok(Types::new());
        }
        let kinds = batch.events.iter().flatten().map(|event| &event.kind);
        let kinds: BTreeSet<&String> = kinds.collect();
        let found = kinds.into_iter().map(move |kind| async move {
            let found = self.types.find(from.tenant, kind).await;
            let found = found.map_err(|error| problems::unavailable(&error))?;
            Ok((kind.clone(), found))
        });
        let found: Vec<Result<_, Problem>> = stream::iter(found).buffered(AT_ONCE).collect().await;
        found.into_iter().collect()
    }

    /// Takes one event, or says why it is refused.
    async fn one(
        &self,
        types: &Types,
        from: Sender<'_>,
        surface: Surface,
        read: &Result<Incoming, Refused>,
    ) -> Result<Result<Acceptance, Problem>, Problem> {
        let event = match read {
            Ok(event) => event,
            Err(refused) => return Ok(Err(problems::refused(refused))),
        };
        if !surface.has_types_of_its_own() {
            let Some(kind) = types.get(&event.kind).and_then(Option::as_ref) else {
                return Ok(Err(problems::unknown_type()));
            };
            if let Err(violation) = kind.schema.check(event) {
                return Ok(Err(problems::schema_violation(&violation)));
            }
        }
        match self.store.accept(event, surface, from).await {
            Ok(acceptance) => Ok(Ok(acceptance)),
            Err(error) => problems::not_accepted(&error).map(Err),
        }
    }

    /// Keeps what was refused for its sender to look at.
    async fn keep(
        &self,
        from: Sender<'_>,
        read: &Result<Incoming, Refused>,
        batch: &Batch,
        problem: &Problem,
    ) -> Result<(), Problem> {
        let json;
        let raw = match read {
            // It is one event, whose data the body is.
            _ if !batch.headers.is_empty() => batch.body.as_slice(),
            Ok(event) => {
                json = again(batch.surface, event);
                json.as_bytes()
            }
            Err(refused) => batch.body.get(refused.raw.clone()).unwrap_or_default(),
        };
        let event = read.as_ref().ok();
        let came = Came {
            surface: batch.surface,
            call: batch.call,
            event_id: id(read),
            subject: event.and_then(|event| event.subject.as_deref()),
            headers: batch.headers.clone(),
            raw,
        };
        let now = self.clock.now();
        let item = RejectedItem::new((from.tenant, from.partner), &came, problem, now);
        let kept = self.quarantine.keep(&item, raw).await;
        if planted::is_on("refused-event-unkept") {
            return Ok(());
        }
        kept.map_err(|error| problems::unavailable(&error))
    }

    /// Keeps a request in which no event can be told from another, for `problem`, and hands that back; or
    /// that it can't be kept now.
    pub async fn refuse_all(
        &self,
        from: Sender<'_>,
        request: &Request,
        (surface, call): (Surface, Option<Kind>),
        problem: Problem,
    ) -> Problem {
        // What can't be decoded was garbled on its way from the gateway.
        let Ok(body) = request.body(LARGEST_REQUEST) else {
            return problem;
        };
        let came = Came {
            surface,
            call,
            event_id: None,
            subject: None,
            headers: telling(request),
            raw: &body,
        };
        let now = self.clock.now();
        let item = RejectedItem::new((from.tenant, from.partner), &came, &problem, now);
        match self.quarantine.keep(&item.unreadable(), &body).await {
            Ok(()) => problem,
            Err(error) => problems::unavailable(&error),
        }
    }
}

/// How an event that could be read is sent again: as the event, or as the message that it is.
fn again(surface: Surface, event: &Incoming) -> String {
    match (surface, &event.data) {
        (Surface::Segment, Some(Payload::Json(message))) => message.get().to_owned(),
        _ => event.to_json(),
    }
}

/// The headers of a request that say what its body is.
fn telling(request: &Request) -> BTreeMap<String, String> {
    let headers = Headers::new(request.headers());
    let packed = headers.get("content-encoding");
    let packed = packed.map(|encoding| ("content-encoding", encoding));
    let telling = headers.of_event().chain(packed);
    telling
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
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
