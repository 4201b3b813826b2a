//! In come announcements of partners' events, from the queue of a partner who takes them by a topic; out
//! go the events that agreement and consent allow at that moment, once that is on record. What a topic
//! does not take lies in a bucket, where the partner fetches it.

mod copies;
mod topic;

use std::{collections::BTreeSet, time::Duration};

use access::ReceiptId;
use aws_types::SdkConfig;
use cloudevent::Incoming;
use identity::{IdentifierKey, ProfileId};
use intake::{
    About, Announcement, Body, EventItem, EventKey, EventReader, FindError, PersonFinder,
    ReadError, WaitingWriter,
};
use lambda_kit::{
    Invocation,
    batch::{
        BatchResponse, RESERVE, UnreadableBatch,
        sqs::{self, Message},
    },
    clock::Clock,
    config::{ConfigError, Environment},
    error::ServiceError,
    ids::IdSource,
    metric::Metrics,
    planted,
};
use partner::{Recipient, Sending, SendingError, Told, Under};
use profile::{IdentifierReader, RulesReader};
use serde_json::value::RawValue;
use tenancy::{DirectoryError, FanOut, FanOutReader, FieldGroup, MachineScope, PartnerId};
use tokio::time::timeout;

pub use crate::copies::CopyError;
use crate::{copies::Copies, topic::Topics};

/// What the function works with.
#[derive(Debug)]
pub struct App {
    fan_outs: FanOutReader,
    events: EventReader,
    people: PersonFinder,
    sending: Sending,
    copies: Copies,
    topics: Topics,
    metrics: Metrics,
    clock: Clock,
    ids: IdSource,
}

/// Why a message stays in the queue.
#[derive(Debug, thiserror::Error)]
pub enum FanOutError {
    /// It announces nothing, or not to whom.
    #[error("the message announces no event to a partner")]
    NoEvent,
    /// The directory can't be read.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The event can't be read, or what lies of it not be removed.
    #[error(transparent)]
    Event(#[from] ReadError),
    /// It can't be told whom the event is about.
    #[error(transparent)]
    Person(#[from] FindError),
    /// Nothing can be decided, or not be put on record.
    #[error("it can't be decided on")]
    Undecided(#[from] SendingError),
    /// The person is being merged or split.
    #[error("the person is being merged or split")]
    Later,
    /// What no topic takes does not lie where the partner fetches it.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// Copying takes longer than is left.
    #[error("there is no time left to copy it")]
    OutOfTime,
    /// The topic does not take it.
    #[error("it can't be published")]
    Publish(#[from] ServiceError),
}

impl App {
    /// Reads `EVENTS_TABLE`, `EVENTS_BUCKET`, `CLAIMS_BUCKET`, `WAITING_TABLE`, `FANOUT_TOPICS`,
    /// `IDENTIFIERS_TABLE`, `IDENTIFIER_KEY`, `DIRECTORY_TABLE`, `PROFILES_TABLE` and `RECEIPTS_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let events = environment.required("EVENTS_TABLE")?;
        let bodies = environment.required("EVENTS_BUCKET")?;
        let claims = environment.required("CLAIMS_BUCKET")?;
        let waiting = environment.required("WAITING_TABLE")?;
        let topics = environment.required("FANOUT_TOPICS")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let key = IdentifierKey::from_environment(environment)?;
        Ok(Self {
            fan_outs: FanOutReader::new(sdk, directory, clock.clone()),
            events: EventReader::new(sdk, events, bodies, clock.clone()),
            people: PersonFinder::new(
                IdentifierReader::new(sdk, identifiers, key.clone()),
                RulesReader::new(sdk, directory, clock.clone()),
                WaitingWriter::new(sdk, waiting, key, clock.clone()),
            ),
            sending: Sending::new(environment, sdk, clock.clone(), ids.clone())?,
            copies: Copies::new(sdk, bodies, claims),
            topics: Topics::new(sdk, topics),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
            ids,
        })
    }
}

/// Publishes what each message announces, if it may be. What fails stays in the queue.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    sqs::process(event, &invocation, &app.clock, async |message| {
        let left = invocation.left(&app.clock).saturating_sub(RESERVE);
        fan_out(app, message, left).await
    })
    .await
}

async fn fan_out(app: &App, message: &Message, left: Duration) -> Result<(), FanOutError> {
    let partner = addressee(message).ok_or(FanOutError::NoEvent)?;
    let announced = Announcement::delivered(&message.body).ok_or(FanOutError::NoEvent)?;
    for announcement in &announced {
        let found = app.fan_outs.find(&announcement.tenantid, &partner);
        // What the directory no longer says is over, whatever the rule says.
        if let Some(wanted) = found.await?
            && wanted.wants(&announcement.kind)
        {
            Box::pin(give(app, &wanted, announcement, left)).await?;
        }
    }
    Ok(())
}

/// To whom it is to go: whose queue it came from, `…fan-out-<tenant>_<partner>`. So a message is the bus's
/// own, as it is in the dead-letter queue of the rule, and gets back from there as it is.
fn addressee(message: &Message) -> Option<PartnerId> {
    let (_, partner) = message.queue_arn.rsplit_once('_')?;
    partner.parse().ok()
}

/// Done twice, it is published twice, under one key; what lies in the bucket is there once.
async fn give(
    app: &App,
    wanted: &FanOut,
    announcement: &Announcement,
    left: Duration,
) -> Result<(), FanOutError> {
    let key = announcement.key().ok_or(FanOutError::NoEvent)?;
    let Some((item, event)) = find(app, &key).await? else {
        // Whoever copied something of it may have been cut off before they looked again.
        return gone(app, &key).await;
    };
    let about = match Box::pin(app.people.find(&item, &event)).await? {
        About::Person(id) => Some(id),
        About::Nobody => None,
        About::Erased => return Ok(()),
        About::Awaited => {
            app.metrics.count("events_waiting", 1);
            return Ok(());
        }
    };
    match Box::pin(decide(app, wanted, announcement, about)).await? {
        Told::Given(_) => {}
        Told::Withheld => {
            app.metrics.count("events_withheld", 1);
            return Ok(());
        }
        Told::Later => return Err(FanOutError::Later),
    }
    let message = Box::pin(app.copies.message(&item, event, wanted.partner()));
    let message = timeout(left, message).await;
    let message = message.map_err(|_| FanOutError::OutOfTime)??;
    // Whoever is erased meanwhile has what lies there by now removed; what came later is ours to remove.
    if message.is_copied && !is_there(app, &key).await? {
        return gone(app, &key).await;
    }
    let whose = (wanted.tenant(), wanted.partner());
    app.topics
        .publish(whose, message.body, message.attributes)
        .await?;
    app.metrics.count("events_published", 1);
    Ok(())
}

/// The event, unless it has run out or was removed.
async fn find(app: &App, key: &EventKey) -> Result<Option<(EventItem, Incoming)>, FanOutError> {
    let Some(item) = app.events.find(key).await? else {
        // It lay among dead letters for too long: an alarm watches the metric.
        app.metrics.count("events_expired", 1);
        return Ok(None);
    };
    let event = app.events.body(&item).await?;
    Ok(event.map(|event| (item, event)))
}

async fn is_there(app: &App, key: &EventKey) -> Result<bool, FanOutError> {
    let item = app.events.find(key).await?;
    Ok(item.is_some_and(|item| item.body() != Body::Gone))
}

async fn gone(app: &App, key: &EventKey) -> Result<(), FanOutError> {
    app.metrics.count("events_gone", 1);
    Ok(app.copies.remove(key).await?)
}

/// Decides as if the partner had asked. Each time that something is given has a receipt of its own.
async fn decide(
    app: &App,
    wanted: &FanOut,
    announcement: &Announcement,
    about: Option<ProfileId>,
) -> Result<Told, FanOutError> {
    if let (Some(id), true) = (about, planted::is_on("event-published-undecided")) {
        return Ok(Told::Given(id));
    }
    let to = Recipient {
        tenant: wanted.tenant(),
        partner: wanted.partner(),
        purpose: wanted.purpose(),
        agreement: Some(wanted.agreement()),
        // The operator who put the partner into the directory granted that it is told of people.
        scopes: &BTreeSet::from([MachineScope::ProfileRead.as_str().to_owned()]),
    };
    let [given, withheld] = [(); 2].map(|()| ReceiptId::new(app.ids.uuid()));
    let under = Under {
        given,
        withheld,
        request_id: &announcement.correlationid,
    };
    let told = app
        .sending
        .decide(to, about, Some(FieldGroup::Events), under);
    Ok(Box::pin(told).await?)
}
