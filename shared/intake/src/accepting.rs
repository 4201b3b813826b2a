//! Taking events, many at once and each by itself.

use std::{
    cell::Cell,
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use cloudevent::{Incoming, Refused};
use futures_util::{StreamExt as _, stream};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    problem::Problem,
};

use crate::{
    AcceptError, Acceptance, EventStore, EventType, EventTypes, QuarantineWriter, RejectedItem,
    Sender, Surface, Told, problems,
};

/// How many events of a request are written at once.
const AT_ONCE: usize = 32;

/// Nothing new is begun when less is left: a call takes no longer.
const RESERVE: Duration = Duration::from_secs(4);

/// The types that a request's events have, as far as the tenant takes them.
type Types = HashMap<String, Option<Arc<EventType>>>;

/// Takes events of senders who were let in, by whichever way they came: on the directory
/// `dynamodb:GetItem`, on the events what [`EventStore`] needs, and on the quarantine
/// `dynamodb:PutItem`.
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
    /// By which way they came.
    pub surface: Surface,
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
            quarantine: QuarantineWriter::new(sdk, quarantine),
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
        match self.store.accept(event, from).await {
            Ok(acceptance) => Ok(Ok(acceptance)),
            Err(AcceptError::Taken) => Ok(Err(problems::id_taken())),
            Err(error) => Err(problems::unavailable(&error)),
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
            Ok(event) => {
                json = event.to_json();
                json.as_bytes()
            }
            Err(refused) => batch.body.get(refused.raw.clone()).unwrap_or_default(),
        };
        let whose = (from.tenant, from.partner);
        let now = self.clock.now();
        let subject = read
            .as_ref()
            .ok()
            .and_then(|event| event.subject.as_deref());
        let named = (id(read), subject);
        let item = RejectedItem::new(whose, batch.surface, named, raw, problem, now);
        let kept = self.quarantine.keep(&item).await;
        kept.map_err(|error| problems::unavailable(&error))
    }
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
