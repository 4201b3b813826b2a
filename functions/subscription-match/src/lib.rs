//! In comes, from a queue, that something happened; out goes a delivery for each subscription by which
//! a partner wants to be told of it. Whether it may be, is decided when it is sent. What names somebody whom
//! nobody knows yet waits until they are known: till then there is nothing to decide on.

mod happened;

use aws_types::SdkConfig;
use identity::IdentifierKey;
use intake::{About, EventKey, EventReader, FindError, PersonFinder, ReadError, WaitingWriter};
use lambda_kit::{
    Invocation,
    batch::{
        BatchResponse, UnreadableBatch,
        sqs::{self, Message},
    },
    clock::Clock,
    config::{ConfigError, Environment},
    metric::Metrics,
};
use profile::{IdentifierReader, ProfileError, ProfileReader, RulesReader};
use serde_json::value::RawValue;
use subscription::{
    Delivery, DeliveryQueue, DeliveryStore, Put, StoreError, Subscription, SubscriptionLister,
};

use crate::happened::{Audience, Happened};

/// What the function works with.
#[derive(Debug)]
pub struct App {
    subscriptions: SubscriptionLister,
    deliveries: DeliveryStore,
    queue: DeliveryQueue,
    events: EventReader,
    finder: PersonFinder,
    people: ProfileReader,
    metrics: Metrics,
    clock: Clock,
}

/// Why a message stays in the queue.
#[derive(Debug, thiserror::Error)]
pub enum MatchError {
    /// It tells of nothing.
    #[error("the message tells of no event")]
    NoEvent,
    /// Subscriptions or deliveries can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The person can't be read.
    #[error(transparent)]
    Person(#[from] ProfileError),
    /// The event can't be read.
    #[error(transparent)]
    Event(#[from] ReadError),
    /// It can't be told whom the event is about.
    #[error(transparent)]
    Whom(#[from] FindError),
}

impl App {
    /// Reads `SUBSCRIPTIONS_TABLE`, `DELIVERIES_TABLE`, `WEBHOOKS_QUEUE_URL`, `PROFILES_TABLE`,
    /// `EVENTS_TABLE`, `EVENTS_BUCKET`, `WAITING_TABLE`, `IDENTIFIERS_TABLE`, `IDENTIFIER_KEY` and
    /// `DIRECTORY_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let subscriptions = environment.required("SUBSCRIPTIONS_TABLE")?;
        let deliveries = environment.required("DELIVERIES_TABLE")?;
        let queue = environment.required("WEBHOOKS_QUEUE_URL")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let events = environment.required("EVENTS_TABLE")?;
        let bodies = environment.required("EVENTS_BUCKET")?;
        let waiting = environment.required("WAITING_TABLE")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let key = IdentifierKey::from_environment(environment)?;
        Ok(Self {
            subscriptions: SubscriptionLister::new(sdk, subscriptions),
            deliveries: DeliveryStore::new(sdk, deliveries),
            queue: DeliveryQueue::new(sdk, queue),
            events: EventReader::new(sdk, events, bodies, clock.clone()),
            finder: PersonFinder::new(
                IdentifierReader::new(sdk, identifiers, key.clone()),
                RulesReader::new(sdk, directory, clock.clone()),
                WaitingWriter::new(sdk, waiting, key, clock.clone()),
            ),
            people: ProfileReader::new(sdk, profiles),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Finds for what each message tells of who wants to be told. What fails stays in the queue.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    sqs::process(event, &invocation, &app.clock, async |message| {
        tell_all(app, message).await
    })
    .await
}

/// Done twice, it is done once: a delivery's id follows from its subscription and its event.
async fn tell_all(app: &App, message: &Message) -> Result<(), MatchError> {
    let happened = happened::read(&message.body).ok_or(MatchError::NoEvent)?;
    for happened in &happened {
        let subscriptions = Box::pin(may_hear(app, &happened.by)).await?;
        let wants = |subscription: &&Subscription| subscription.wants(&happened.kind);
        let wanting: Vec<&Subscription> = subscriptions.iter().filter(wants).collect();
        // Looked at only for what somebody wants: most events nobody does.
        if wanting.is_empty() || !Box::pin(is_to_be_told(app, happened)).await? {
            continue;
        }
        for subscription in wanting {
            Box::pin(tell(app, subscription, happened)).await?;
        }
    }
    Ok(())
}

/// Whether there is anything to decide on by now. A partner's event that names somebody whom nobody knows
/// yet is told of again once they are known, and comes here again; of one that is gone there is nothing to
/// tell.
async fn is_to_be_told(app: &App, happened: &Happened) -> Result<bool, MatchError> {
    let subscription::Message::Partner { event } = &happened.message else {
        return Ok(true);
    };
    let key = EventKey::from(event.clone());
    let Some(item) = app.events.find(&key).await? else {
        // It lay among dead letters for too long: an alarm watches the metric.
        app.metrics.count("events_expired", 1);
        return Ok(false);
    };
    let Some(event) = app.events.body(&item).await? else {
        return Ok(false);
    };
    Ok(match app.finder.find(&item, &event).await? {
        About::Person(_) | About::Nobody => true,
        About::Erased => false,
        About::Awaited => {
            app.metrics.count("events_waiting", 1);
            false
        }
    })
}

/// The subscriptions of those who may hear of it.
async fn may_hear(app: &App, by: &Audience) -> Result<Vec<Subscription>, MatchError> {
    match by {
        Audience::Tenant(tenant) => Ok(app.subscriptions.of_tenant(tenant).await?),
        Audience::Partner(tenant, partner) => Ok(app.subscriptions.of(tenant, partner).await?),
        Audience::OfPerson(id) => {
            let profile = match app.people.profile(*id).await {
                Ok(profile) => profile,
                // Of somebody who is gone nobody hears that they changed.
                Err(ProfileError::Unknown) => return Ok(Vec::new()),
                Err(error) => return Err(error.into()),
            };
            let mut all = Vec::new();
            for tenant in &profile.standing.tenants {
                all.extend(app.subscriptions.of_tenant(tenant).await?);
            }
            Ok(all)
        }
    }
}

async fn tell(
    app: &App,
    subscription: &Subscription,
    happened: &Happened,
) -> Result<(), MatchError> {
    let Some(kind) = subscription
        .types
        .iter()
        .find(|wanted| wanted.as_str() == happened.kind)
    else {
        return Ok(());
    };
    let delivery = Delivery::new(
        subscription,
        kind.clone(),
        (&happened.event, happened.time),
        happened.message.clone(),
        app.clock.now(),
    );
    // Where one stands already, whoever put it there queued it, or it is found as due.
    if app.deliveries.put(&delivery).await? == Put::Done {
        app.queue.send(&delivery, 0).await?;
        app.metrics.count("deliveries_made", 1);
    }
    Ok(())
}
