//! In comes, from a queue, that something happened; out goes a message to the queue of each tenant whose own code
//! is to run on it, if that is decided at that moment and on record. What can't be given to code now is parked
//! with its cause. A tenant of which very much happens waits in a backlog of its own, and delays no other.

mod giving;
mod parking;
mod quota;
mod registered;
mod sending;
mod sharing;
mod told;

use std::collections::BTreeSet;

use aws_types::SdkConfig;
use extension::RegistryError;
use futures_util::{StreamExt as _, stream};
use identity::IdentifierKey;
use intake::{EventReader, FindError, PersonFinder, ReadError, WaitingWriter};
use lambda_kit::{
    Chain, Invocation,
    batch::{
        BatchResponse, RESERVE, UnreadableBatch,
        sqs::{self, Message},
    },
    clock::Clock,
    config::{ConfigError, Environment},
    error::ServiceError,
    ids::IdSource,
    metric::Metrics,
    parking::ParkingSender,
    planted,
};
use partner::{Sending, SendingError};
use profile::{IdentifierReader, ProfileError, ProfileReader, RulesReader};
use serde_json::value::RawValue;

use crate::{
    quota::Quota,
    registered::RegisteredReader,
    sending::{Outgoing, QueueSender},
    told::{Brought, Matter, Told, Whose},
};

/// As many matters as are looked into at once.
const AT_ONCE: usize = 8;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    registered: RegisteredReader,
    people_reader: ProfileReader,
    events: EventReader,
    people: PersonFinder,
    sending: Sending,
    quota: Quota,
    queues: QueueSender,
    parking: ParkingSender,
    secret: IdentifierKey,
    /// The bucket with the bodies of events that no row holds.
    bodies: String,
    backlog_url: String,
    metrics: Metrics,
    clock: Clock,
    ids: IdSource,
}

/// Why a message stays in the queue.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// It tells of nothing.
    #[error("the message tells of no event")]
    NoEvent,
    /// It is not known who registered what.
    #[error("what tenants registered can't be read")]
    Registry(#[from] RegistryError),
    /// The person can't be read.
    #[error(transparent)]
    Person(#[from] ProfileError),
    /// The event can't be read.
    #[error(transparent)]
    Event(#[from] ReadError),
    /// It can't be told whom the event is about.
    #[error(transparent)]
    Whom(#[from] FindError),
    /// Nothing can be decided, or not be put on record.
    #[error("it can't be decided on")]
    Undecided(#[from] SendingError),
    /// The person is being merged or split.
    #[error("the person is being merged or split")]
    Later,
    /// It can't be parked.
    #[error("it can't be parked")]
    Parking(#[from] ServiceError),
}

impl App {
    /// Reads `DIRECTORY_TABLE`, `PROFILES_TABLE`, `RECEIPTS_TABLE`, `IDENTIFIERS_TABLE`, `IDENTIFIER_KEY`,
    /// `EVENTS_TABLE`, `EVENTS_BUCKET`, `WAITING_TABLE`, `LEDGER_TABLE`, `EXTENSION_BACKLOG_QUEUE_URL`,
    /// `EXTENSION_RUNS_PER_DAY` and `PARKING_QUEUE_URL`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let events = environment.required("EVENTS_TABLE")?;
        let bodies = environment.required("EVENTS_BUCKET")?;
        let waiting = environment.required("WAITING_TABLE")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let parking = environment.required("PARKING_QUEUE_URL")?;
        let runs = environment.required("EXTENSION_RUNS_PER_DAY")?;
        let runs = runs.parse().map_err(|_| ConfigError::Invalid {
            name: "EXTENSION_RUNS_PER_DAY",
            expected: "a number",
        })?;
        let secret = IdentifierKey::from_environment(environment)?;
        Ok(Self {
            registered: RegisteredReader::new(sdk, directory, clock.clone()),
            people_reader: ProfileReader::new(sdk, profiles),
            events: EventReader::new(sdk, events, bodies, clock.clone()),
            people: PersonFinder::new(
                IdentifierReader::new(sdk, identifiers, secret.clone()),
                RulesReader::new(sdk, directory, clock.clone()),
                WaitingWriter::new(sdk, waiting, secret.clone(), clock.clone()),
            ),
            sending: Sending::new(environment, sdk, clock.clone(), ids.clone())?,
            quota: Quota::new(sdk, ledger, runs, clock.clone()),
            queues: QueueSender::new(sdk),
            parking: ParkingSender::new(sdk, parking),
            secret,
            bodies: bodies.to_owned(),
            backlog_url: environment
                .required("EXTENSION_BACKLOG_QUEUE_URL")?
                .to_owned(),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
            ids,
        })
    }
}

/// A matter, and the place of the message that brought it.
struct Work {
    matter: Matter,
    from: usize,
    /// Whether it waited in the backlog: it is looked into now.
    has_waited: bool,
}

/// Gives what each message tells of to the code that is to run on it. What fails stays in the queue.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    let messages = sqs::read(event)?;
    let mut done = vec![true; messages.len()];
    let mut all = Vec::new();
    let each = messages.iter().enumerate();
    let each = each.map(|(from, message)| Box::pin(works(app, from, message)));
    let each: Vec<_> = stream::iter(each).buffered(AT_ONCE).collect().await;
    for (from, works) in each.into_iter().enumerate() {
        match works {
            Ok(works) => all.extend(works),
            Err(error) => failed(&mut done, from, &error),
        }
    }
    let (now, later) = sharing::shared(all);
    let shed = count(&later);
    let mut outgoing: Vec<Outgoing> = later.iter().map(|work| to_backlog(app, work)).collect();
    if shed > 0 {
        app.metrics.count("extension_events_shed", shed);
    }
    let given = now.iter().map(|work| async {
        // Boxed once per matter: the future reaches deep into the SDK and is tens of kilobytes.
        let is_late = invocation.is_running_out(&app.clock, RESERVE);
        let given = Box::pin(giving::give(app, &work.matter, work.from));
        (work.from, if is_late { None } else { Some(given.await) })
    });
    let given: Vec<_> = stream::iter(given).buffered(AT_ONCE).collect().await;
    for (from, given) in given {
        match given {
            Some(Ok(sendable)) => outgoing.extend(sendable),
            Some(Err(error)) => failed(&mut done, from, &error),
            None => mark(&mut done, from),
        }
    }
    let unsent: BTreeSet<usize> = Box::pin(app.queues.send(outgoing)).await;
    for from in unsent {
        mark(&mut done, from);
    }
    Ok(sqs::answer(&messages, &done))
}

fn failed(done: &mut [bool], from: usize, error: &DispatchError) {
    tracing::error!(error = %Chain(error), "the message failed");
    if !planted::is_on("extension-failure-acknowledged") {
        mark(done, from);
    }
}

fn mark(done: &mut [bool], from: usize) {
    if let Some(done) = done.get_mut(from) {
        *done = false;
    }
}

fn count(all: &[Work]) -> u64 {
    u64::try_from(all.len()).unwrap_or(u64::MAX)
}

/// What a message brings, tenant by tenant.
async fn works(app: &App, from: usize, message: &Message) -> Result<Vec<Work>, DispatchError> {
    let told = match told::read(&message.body).ok_or(DispatchError::NoEvent)? {
        Brought::Kept(matter) => {
            return Ok(vec![Work {
                matter,
                from,
                has_waited: true,
            }]);
        }
        Brought::Told(told) => told,
    };
    let mut works = Vec::new();
    for event in told {
        let tenants = match event.whose() {
            Whose::Of(tenant) => BTreeSet::from([tenant]),
            Whose::OfPerson(id) => match app.people_reader.profile(id).await {
                Ok(profile) => profile.standing.tenants,
                // Of somebody who is gone nothing is told.
                Err(ProfileError::Unknown) => BTreeSet::new(),
                Err(error) => return Err(error.into()),
            },
            Whose::Nobody => BTreeSet::new(),
        };
        works.extend(tenants.into_iter().map(|tenant| Work {
            matter: of(tenant, &event),
            from,
            has_waited: false,
        }));
    }
    Ok(works)
}

fn of(tenant: tenancy::TenantId, event: &Told) -> Matter {
    Matter {
        tenant,
        only: None,
        event: event.clone(),
    }
}

fn to_backlog(app: &App, work: &Work) -> Outgoing {
    let tenant = work.matter.tenant.to_string();
    Outgoing {
        queue_url: app.backlog_url.clone(),
        // It was JSON before: nothing in it can fail.
        body: serde_json::to_string(&work.matter).unwrap_or_default(),
        key: format!("{tenant}#{}", id_of(&work.matter.event)),
        group: tenant,
        deduplication: None,
        from: work.from,
    }
}

fn id_of(told: &Told) -> String {
    match told {
        Told::Announced(announced) => {
            let key = announced.key();
            key.map_or_else(String::new, |key| key.digest().to_owned())
        }
        Told::Own(event) => event.id.clone(),
    }
}
