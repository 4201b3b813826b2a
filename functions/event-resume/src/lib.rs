//! In comes, from a queue, that somebody came to be known by an identifier; out goes, for each event of a
//! partner that waited for whoever has it, that the bus is to be told of it again. Then it is routed,
//! matched and published as if it came now.

use aws_types::SdkConfig;
use event::{CloudEvent, Data};
use identity::{IDENTIFIER_PREFIX, IdentifierKind, ProfileId};
use intake::{ReadError, WaitingEvents};
use lambda_kit::{
    Invocation,
    batch::{
        BatchResponse, RESERVE, UnreadableBatch,
        sqs::{self, Message},
    },
    clock::Clock,
    config::{ConfigError, Environment},
    metric::Metrics,
};
use profile::{PartitionReader, ProfileError};
use serde::Deserialize;
use serde_json::value::RawValue;

/// The kinds of identifier by which partners name people.
const AWAITED: [IdentifierKind; 2] = [IdentifierKind::External, IdentifierKind::Anonymous];

/// What the function works with.
#[derive(Debug)]
pub struct App {
    people: PartitionReader,
    waiting: WaitingEvents,
    metrics: Metrics,
    clock: Clock,
}

/// Why a message stays in the queue.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// It tells of nobody who came to be known.
    #[error("the message tells of nobody who came to be known")]
    NoEvent,
    /// The person can't be read.
    #[error(transparent)]
    Person(#[from] ProfileError),
    /// What waits can't be read, or not be told of again.
    #[error("what waits can't be told of again")]
    Waiting(#[from] ReadError),
    /// More waits than there is time for. What was told of again waits no more.
    #[error("there is no time left for all that waits")]
    OutOfTime,
}

/// A row `identifier#…` of a profile, as far as it names the identifier.
#[derive(Deserialize)]
struct Identified {
    part: String,
}

impl App {
    /// Reads `PROFILES_TABLE`, `WAITING_TABLE` and `EVENTS_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let profiles = environment.required("PROFILES_TABLE")?;
        let waiting = environment.required("WAITING_TABLE")?;
        let events = environment.required("EVENTS_TABLE")?;
        Ok(Self {
            people: PartitionReader::new(sdk, profiles),
            waiting: WaitingEvents::new(sdk, waiting, events, clock.clone()),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Lets what waited for whom each message tells of be told of again. What fails stays in the queue.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    sqs::process(event, &invocation, &app.clock, async |message| {
        let has_time = || !invocation.is_running_out(&app.clock, RESERVE);
        resume(app, message, has_time).await
    })
    .await
}

/// Done twice, it is done once but for events that are told of once more, which is no harm.
async fn resume(
    app: &App,
    message: &Message,
    has_time: impl Fn() -> bool,
) -> Result<(), ResumeError> {
    let events = CloudEvent::delivered(&message.body).ok_or(ResumeError::NoEvent)?;
    for event in &events {
        let (id, kinds) = known_by(&event.data).ok_or(ResumeError::NoEvent)?;
        resume_of(app, id, &kinds, &has_time).await?;
    }
    Ok(())
}

async fn resume_of(
    app: &App,
    id: ProfileId,
    kinds: &[IdentifierKind],
    has_time: impl Fn() -> bool,
) -> Result<(), ResumeError> {
    for member in members(app, id).await? {
        for kind in kinds {
            for identifier in identifiers(app, member, *kind).await? {
                let told = app.waiting.tell_again(&identifier, &has_time);
                let told = Box::pin(told).await?;
                if told.events > 0 {
                    app.metrics.count("events_told_again", told.events);
                }
                if !told.is_all {
                    return Err(ResumeError::OutOfTime);
                }
            }
        }
    }
    Ok(())
}

/// Who came to be known, and by identifiers of which kinds.
fn known_by(data: &Data) -> Option<(ProfileId, Vec<IdentifierKind>)> {
    match data {
        Data::ProfileCreated {
            profile_id,
            identifiers,
            ..
        }
        | Data::ProfileIdentified {
            profile_id,
            identifiers,
            ..
        } => {
            let kinds = AWAITED.into_iter();
            let kinds = kinds.filter(|kind| identifiers.contains(kind));
            Some((*profile_id, kinds.collect()))
        }
        // What one of them came to be known by before may be looked for only now.
        Data::ProfileSplit { restored_id, .. } => Some((*restored_id, AWAITED.into())),
        _ => None,
    }
}

/// The members of the person: each has the identifiers that it came with.
async fn members(app: &App, id: ProfileId) -> Result<Vec<ProfileId>, ProfileError> {
    match app.people.members(id).await {
        // Of somebody who is being erased and may think better of it, all is still there.
        Err(ProfileError::Unknown) => Ok(vec![id]),
        members => members,
    }
}

/// The identifiers of a kind that a member came with, by their keys in the table `identifiers`.
async fn identifiers(
    app: &App,
    member: ProfileId,
    kind: IdentifierKind,
) -> Result<Vec<String>, ProfileError> {
    let prefix = format!("{IDENTIFIER_PREFIX}{kind}#");
    let (mut keys, mut start) = (Vec::new(), None);
    loop {
        let page = app.people.page(member, &prefix, start).await?;
        for part in page.parts {
            let Identified { part } = part.read()?;
            keys.extend(part.strip_prefix(IDENTIFIER_PREFIX).map(str::to_owned));
        }
        start = page.next;
        if start.is_none() {
            return Ok(keys);
        }
    }
}
