//! In come, from a queue, deliveries that are due; out goes one attempt of each, signed, to an address
//! that was looked at, if agreement and consent allow it at that moment and once that is on record. Those of
//! a tenant whose webhooks operators switched off wait. What came of it is written down with how the
//! endpoint does, and one that did nothing but fail for days is called no more.

mod attempt;
mod calling;
mod content;
mod noting;

use aws_types::SdkConfig;
use configuration::Flags;
use erasure::{ErasureError, RecipientReader};
use identity::IdentifierKey;
use intake::{EventReader, ReadError};
use lambda_kit::{
    Invocation,
    batch::{BatchResponse, UnreadableBatch, sqs},
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
    metric::Metrics,
    outside::Outside,
};
use partner::{Sending, SendingError};
use profile::{IdentifierReader, ProfileError, RulesReader};
use serde_json::value::RawValue;
use subscription::{
    DeliveryQueue, DeliveryStore, OutcomeWriter, StoreError, SubscriptionLister, SubscriptionStore,
};
use webhook::Reach;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    deliveries: DeliveryStore,
    subscriptions: SubscriptionStore,
    lister: SubscriptionLister,
    outcomes: OutcomeWriter,
    queue: DeliveryQueue,
    events: EventReader,
    identifiers: IdentifierReader,
    rules: RulesReader,
    sending: Sending,
    recipients: RecipientReader,
    flags: Flags,
    outside: Outside,
    reach: Reach,
    metrics: Metrics,
    clock: Clock,
    ids: IdSource,
}

/// Why a message stays in the queue.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// It names no delivery.
    #[error("the message names no delivery")]
    NoTicket,
    /// Deliveries or subscriptions can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The event can't be read.
    #[error(transparent)]
    Event(#[from] ReadError),
    /// The person can't be read.
    #[error(transparent)]
    Person(#[from] ProfileError),
    /// What the partner has to erase can't be read.
    #[error(transparent)]
    Erasure(#[from] ErasureError),
    /// Nothing can be decided, or not be put on record.
    #[error("it can't be decided on")]
    Undecided(#[from] SendingError),
    /// Others kept writing.
    #[error("the subscription kept changing")]
    Contended,
}

impl App {
    /// Reads `SUBSCRIPTIONS_TABLE`, `DELIVERIES_TABLE`, `WEBHOOKS_QUEUE_URL`, `WEBHOOK_REACH`,
    /// `EVENTS_TABLE`, `EVENTS_BUCKET`, `IDENTIFIERS_TABLE`, `IDENTIFIER_KEY`, `DIRECTORY_TABLE`,
    /// `PROFILES_TABLE`, `RECEIPTS_TABLE`, `ERASURES_TABLE` and `CONFIG_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
        outside: Outside,
    ) -> Result<Self, ConfigError> {
        let subscriptions = environment.required("SUBSCRIPTIONS_TABLE")?;
        let deliveries = environment.required("DELIVERIES_TABLE")?;
        let queue = environment.required("WEBHOOKS_QUEUE_URL")?;
        let reach = environment.required("WEBHOOK_REACH")?;
        let events = environment.required("EVENTS_TABLE")?;
        let bucket = environment.required("EVENTS_BUCKET")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let erasures = environment.required("ERASURES_TABLE")?;
        let config = environment.required("CONFIG_TABLE")?;
        let key = IdentifierKey::from_environment(environment)?;
        Ok(Self {
            deliveries: DeliveryStore::new(sdk, deliveries),
            subscriptions: SubscriptionStore::new(sdk, subscriptions),
            lister: SubscriptionLister::new(sdk, subscriptions),
            outcomes: OutcomeWriter::new(sdk, deliveries, subscriptions),
            queue: DeliveryQueue::new(sdk, queue),
            events: EventReader::new(sdk, events, bucket, clock.clone()),
            identifiers: IdentifierReader::new(sdk, identifiers, key),
            rules: RulesReader::new(sdk, directory, clock.clone()),
            sending: Sending::new(environment, sdk, clock.clone(), ids.clone())?,
            recipients: RecipientReader::new(sdk, erasures),
            flags: Flags::new(sdk, config, clock.clone()),
            outside,
            reach: Reach::configured(reach, environment.optional("AWS_ENDPOINT_URL")).map_err(
                |_| ConfigError::Invalid {
                    name: "WEBHOOK_REACH",
                    expected: "internet, or anywhere where AWS itself is on this machine",
                },
            )?,
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
            ids,
        })
    }
}

/// Makes an attempt of each delivery that is due. What fails here, and not at the receiver, stays in the
/// queue.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    sqs::process(event, &invocation, &app.clock, async |message| {
        attempt::make(app, message).await
    })
    .await
}
