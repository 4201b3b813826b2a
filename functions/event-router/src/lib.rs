//! In come announcements of partners' events, from a queue; out go entries in the timelines of the
//! people that the events are about. What a message of an SDK says of who somebody is, is taken over
//! first, and a visitor who is seen by one for the first time gets a profile. What is about somebody who
//! was erased is removed instead. What a visitor's browser forbids to sell or share is withdrawn before the
//! message is entered. Of what a tenant's rules say people are told, a notice goes into the queue from
//! which they are.

mod message;
mod notice;
mod signal;
mod word;

use aws_types::SdkConfig;
use consent::{Gpc, GpcError};
use identity::{IdentifierKey, ProfileId};
use intake::{
    Announcement, CopyRemover, EventItem, EventReader, ReadError, Whose, message_subject, whose,
};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::{
    Invocation,
    batch::{
        BatchResponse, UnreadableBatch,
        sqs::{self, Message},
    },
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
    metric::Metrics,
    planted,
};
use notification::{NoticeQueue, QueueError};
use profile::{
    Entered, IdentifierReader, IdentifyStore, Merger, ProfileError, RulesReader, TimelineItem,
    TimelineWriter, timeline_part,
};
use serde_json::value::RawValue;
use tenancy::{DirectoryError, NotificationRuleReader};

/// For how long an entry stays, as long as receipts do.
const KEPT: SignedDuration = SignedDuration::from_hours(365 * 24);

/// What the function works with.
#[derive(Debug)]
pub struct App {
    events: EventReader,
    copies: CopyRemover,
    identifiers: IdentifierReader,
    rules: RulesReader,
    store: IdentifyStore,
    merger: Merger,
    timelines: TimelineWriter,
    gpc: Gpc,
    notification_rules: NotificationRuleReader,
    notices: NoticeQueue,
    metrics: Metrics,
    clock: Clock,
}

/// Why a message stays in the queue.
#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    /// It announces nothing.
    #[error("the message announces no event")]
    NoEvent,
    /// The event can't be read.
    #[error(transparent)]
    Event(#[from] ReadError),
    /// The person can't be read or written.
    #[error("the person can't be read or written")]
    Person(#[from] ProfileError),
    /// What the person's browser forbids can't be withdrawn.
    #[error("Global Privacy Control can't be honoured")]
    Gpc(#[from] GpcError),
    /// It can't be told whether people hear of such events.
    #[error("the rule for such events can't be read")]
    Rule(#[from] DirectoryError),
    /// The person can't be told.
    #[error(transparent)]
    Notice(#[from] QueueError),
}

impl App {
    /// Reads `EVENTS_TABLE`, `EVENTS_BUCKET`, `CLAIMS_BUCKET`, `PROFILES_TABLE`,
    /// `IDENTIFIERS_TABLE`, `DIRECTORY_TABLE`, `IDENTIFIER_KEY` and `NOTIFICATION_QUEUE_URL`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let events = environment.required("EVENTS_TABLE")?;
        let bucket = environment.required("EVENTS_BUCKET")?;
        let claims = environment.required("CLAIMS_BUCKET")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let notices = environment.required("NOTIFICATION_QUEUE_URL")?;
        let key = IdentifierKey::from_environment(environment)?;
        Ok(Self {
            events: EventReader::new(sdk, events, bucket, clock.clone()),
            copies: CopyRemover::new(sdk, claims),
            identifiers: IdentifierReader::new(sdk, identifiers, key.clone()),
            rules: RulesReader::new(sdk, directory, clock.clone()),
            merger: Merger::new(sdk, profiles, identifiers, clock.clone(), ids.clone()),
            gpc: Gpc::new(sdk, profiles, directory, clock.clone(), ids.clone()),
            store: IdentifyStore::new(sdk, profiles, identifiers, key, clock.clone(), ids),
            timelines: TimelineWriter::new(sdk, profiles),
            notification_rules: NotificationRuleReader::new(sdk, directory, clock.clone()),
            notices: NoticeQueue::new(sdk, notices),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Routes what each message announces. What fails stays in the queue.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    sqs::process(event, &invocation, &app.clock, async |message| {
        route(app, message).await
    })
    .await
}

async fn route(app: &App, message: &Message) -> Result<(), RouteError> {
    let announced = Announcement::delivered(&message.body).ok_or(RouteError::NoEvent)?;
    for announcement in &announced {
        Box::pin(route_one(app, announcement)).await?;
    }
    Ok(())
}

/// Done twice, it is done once: an entry's part follows from its event.
async fn route_one(app: &App, announcement: &Announcement) -> Result<(), RouteError> {
    let key = announcement.key().ok_or(RouteError::NoEvent)?;
    let Some(item) = app.events.find(&key).await? else {
        app.metrics.count("events_expired", 1);
        return Ok(());
    };
    let Some(event) = app.events.body(&item).await? else {
        // Whoever removed it may have been cut off before what lies for partners was gone too.
        return Ok(app.copies.remove(&key).await?);
    };
    let whose = match message_subject(&item, &event) {
        Some(subject) => Box::pin(message::whose(app, &item, &subject)).await?,
        None => whose(&app.identifiers, &item, &event).await?,
    };
    match whose {
        Whose::Member(member) => {
            signal::honour(app, &item, member).await?;
            enter(app, &item, member).await
        }
        Whose::Erased => remove(app, &item).await,
        Whose::Nobody => {
            app.metrics.count("events_without_person", 1);
            Ok(())
        }
    }
}

async fn enter(app: &App, item: &EventItem, member: ProfileId) -> Result<(), RouteError> {
    match app.timelines.enter(&entry(app, item, member)).await? {
        Entered::There => {
            app.metrics.count("events_entered", 1);
            // Each time that it is brought: who was cut off in between told nobody.
            Box::pin(notice::tell(app, item, member)).await?;
        }
        Entered::Nobody => app.metrics.count("events_without_person", 1),
        // Whether they go or stay is not known yet, and nothing is written to them meanwhile.
        Entered::Leaving => app.events.postpone(item).await?,
        Entered::Gone => remove(app, item).await?,
    }
    Ok(())
}

/// First the event, and then what of it lies for partners: whoever puts it there looks afterwards
/// whether the event is still there.
async fn remove(app: &App, item: &EventItem) -> Result<(), RouteError> {
    app.events.remove_body(item).await?;
    if planted::is_on("copies-outlive-their-event") {
        return Ok(());
    }
    Ok(app.copies.remove(&item.event).await?)
}

fn entry(app: &App, item: &EventItem, member: ProfileId) -> TimelineItem {
    let is_by_arrival = planted::is_on("event-entered-by-arrival");
    let time = if is_by_arrival {
        item.accepted_at
    } else {
        item.time
    };
    let mut part = timeline_part(&item.tenant, time, item.event.digest());
    if planted::is_on("event-entered-anew") {
        part.push_str(&app.clock.now().as_nanosecond().to_string());
    }
    let ends = item.accepted_at.checked_add(KEPT);
    TimelineItem {
        profile_id: member,
        part,
        tenant: item.tenant.clone(),
        partner: item.partner.clone(),
        source: item.source.clone(),
        id: item.id.clone(),
        kind: item.kind.clone(),
        time: item.time,
        accepted_at: item.accepted_at,
        body: item.body.clone(),
        body_key: item.body_key.clone(),
        body_bytes: item.body_bytes,
        purge_at: ends.unwrap_or(Timestamp::MAX).as_second(),
    }
}
