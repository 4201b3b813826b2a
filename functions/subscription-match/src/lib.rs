//! In comes, from a queue, that something happened; out goes a delivery for each subscription by which
//! a partner wants to be told of it. Whether it may be, is decided when it is sent.

mod happened;

use aws_types::SdkConfig;
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
use profile::{ProfileError, ProfileReader};
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
}

impl App {
    /// Reads `SUBSCRIPTIONS_TABLE`, `DELIVERIES_TABLE`, `WEBHOOKS_QUEUE_URL` and `PROFILES_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let subscriptions = environment.required("SUBSCRIPTIONS_TABLE")?;
        let deliveries = environment.required("DELIVERIES_TABLE")?;
        let queue = environment.required("WEBHOOKS_QUEUE_URL")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        Ok(Self {
            subscriptions: SubscriptionLister::new(sdk, subscriptions),
            deliveries: DeliveryStore::new(sdk, deliveries),
            queue: DeliveryQueue::new(sdk, queue),
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
        let wanting = subscriptions
            .iter()
            .filter(|subscription| subscription.wants(&happened.kind));
        for subscription in wanting {
            Box::pin(tell(app, subscription, happened)).await?;
        }
    }
    Ok(())
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
