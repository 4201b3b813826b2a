//! What is compared between two runs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    World,
    canonical::{EndState, without_times},
    engine::{
        BUCKETS, Notification, PARKING_QUEUE, PublishedEvent, ReceivedWebhook, Recipient,
        SentMessage, StoredObject, Subscription,
    },
};

/// The collection that holds what a caller was told.
pub(super) const ANSWER: &str = "answer";

/// The collection that holds the user pool's users.
const USERS: &str = "user pool";

/// The collection that holds its app clients.
const APP_CLIENTS: &str = "app clients";

/// The collection that holds who is subscribed to topics.
const SUBSCRIPTIONS: &str = "subscriptions to topics";
/// The collection that holds flows and connections of AppFlow.
const FLOWS: &str = "flows";

/// The collections that hold what is made and removed while the world goes on.
const FUNCTIONS: &str = "functions";
const MAPPINGS: &str = "what calls functions";
const ROLES: &str = "roles";
const QUEUES: &str = "queues";
const LOG_GROUPS: &str = "groups of logs";

/// The collection that holds what Salesforce took last of each record.
const SALESFORCE: &str = "salesforce";

/// The message attribute by which receivers tell a message that they already have.
const IDEMPOTENCY_KEY: &str = "idempotency.key";

/// Something that the outside saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Where it was seen: a bus, a queue, a topic, a phone.
    pub channel: String,
    /// By what the receiver knows that it is the same again.
    pub key: String,
    /// What it says.
    pub content: Value,
}

/// What is compared between two runs: rows, and what the outside saw.
#[derive(Debug, Clone, Default)]
pub struct Observation {
    /// Rows by table, objects by bucket, and the users and app clients of the pool.
    pub rows: BTreeMap<String, Vec<Value>>,
    /// Effects in the order in which they were seen.
    pub effects: Vec<Effect>,
}

impl Observation {
    /// All rows and objects, and all effects.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let engines = world.engines();
        let mut rows: BTreeMap<String, Vec<Value>> = engines
            .tables()
            .map(|table| (table.to_owned(), engines.rows(table)))
            .collect();
        rows.insert(USERS.to_owned(), engines.user_pool().users());
        rows.insert(APP_CLIENTS.to_owned(), engines.user_pool().app_clients());
        let subscriptions = engines.subscriptions().into_iter();
        rows.insert(
            SUBSCRIPTIONS.to_owned(),
            subscriptions.map(described).collect(),
        );
        rows.insert(FLOWS.to_owned(), engines.flows().described());
        rows.insert(FUNCTIONS.to_owned(), engines.functions().described());
        rows.insert(MAPPINGS.to_owned(), engines.functions().mappings());
        rows.insert(ROLES.to_owned(), engines.roles());
        rows.insert(QUEUES.to_owned(), engines.made_queues());
        rows.insert(LOG_GROUPS.to_owned(), engines.log_groups());
        rows.insert(SALESFORCE.to_owned(), engines.flows().accepted());
        for bucket in BUCKETS {
            let objects = engines.objects(bucket);
            let objects = objects.iter().map(StoredObject::described).collect();
            rows.insert(format!("bucket {bucket}"), objects);
        }
        let events = world.published_events().into_iter().map(Effect::from);
        let messages = world
            .sent_messages(PARKING_QUEUE)
            .into_iter()
            .map(Effect::from);
        let notifications = world.notifications().into_iter().map(Effect::from);
        // What was refused for now is to be sent again: only an answer that stands is an effect.
        let stands = |webhook: &ReceivedWebhook| matches!(webhook.status, 200..=299 | 410);
        let webhooks = engines.received_webhooks().into_iter();
        let webhooks = webhooks.filter(stands).map(Effect::from);
        Self {
            rows,
            effects: events
                .chain(messages)
                .chain(notifications)
                .chain(webhooks)
                .collect(),
        }
    }

    /// How many effects were seen again, the same under the same key.
    pub(super) fn wire_duplicates(&self) -> usize {
        self.effects.len() - self.distinct_effects().len()
    }

    /// Rows, distinct effects and an answer, to be compared.
    pub(super) fn end_state(&self, answer: Value) -> EndState {
        let mut state = EndState::default();
        for (table, rows) in &self.rows {
            for row in rows {
                state.add(format!("table {table}"), row.clone());
            }
        }
        for effect in self.distinct_effects().into_values() {
            state.add(effect.channel.clone(), effect.content.clone());
        }
        state.add(ANSWER, answer);
        state
    }

    /// The same key with another content is another effect: it would mislead whoever trusts the key.
    fn distinct_effects(&self) -> BTreeMap<(&str, &str, String), &Effect> {
        let keyed = self.effects.iter().map(|effect| {
            (
                (
                    effect.channel.as_str(),
                    effect.key.as_str(),
                    without_times(&effect.content),
                ),
                effect,
            )
        });
        keyed.collect()
    }
}

fn described(subscription: Subscription) -> Value {
    let Subscription {
        topic,
        protocol,
        endpoint,
        attributes,
        ..
    } = subscription;
    json!({ "topic": topic, "protocol": protocol, "endpoint": endpoint, "attributes": attributes })
}

impl From<PublishedEvent> for Effect {
    /// An event's key is the `CloudEvent`'s id; one without is told by all that it says.
    fn from(event: PublishedEvent) -> Self {
        let content = json!({ "source": event.source, "detail-type": event.detail_type, "detail": event.detail });
        let id = event
            .detail
            .get("id")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let key = id.unwrap_or_else(|| without_times(&content));
        Self {
            channel: format!("bus {}", event.bus),
            key,
            content,
        }
    }
}

impl From<SentMessage> for Effect {
    fn from(message: SentMessage) -> Self {
        let key = message.attributes.get(IDEMPOTENCY_KEY).cloned();
        let content = json!({ "body": message.body, "attributes": message.attributes });
        let key = key.unwrap_or_else(|| without_times(&content));
        Self {
            channel: format!("queue {}", message.queue),
            key,
            content,
        }
    }
}

impl From<ReceivedWebhook> for Effect {
    /// A message that is sent again has the same id; it is signed anew.
    fn from(webhook: ReceivedWebhook) -> Self {
        let signatures = webhook.header("webhook-signature").split(' ').count();
        Self {
            channel: format!("webhook {}", webhook.url),
            key: webhook.header("webhook-id").to_owned(),
            content: json!({ "body": webhook.body, "signatures": signatures }),
        }
    }
}

impl From<Notification> for Effect {
    /// A notification without a key can't be told from another: each is an effect of its own.
    fn from(notification: Notification) -> Self {
        let Notification {
            message_id,
            recipient,
            message,
            subject,
            attributes,
        } = notification;
        let key = attributes
            .get(IDEMPOTENCY_KEY)
            .cloned()
            .unwrap_or(message_id);
        let channel = match recipient {
            Recipient::Topic(topic) => format!("topic {topic}"),
            Recipient::Phone(number) => format!("phone {number}"),
        };
        Self {
            channel,
            key,
            content: json!({ "message": message, "subject": subject, "attributes": attributes }),
        }
    }
}
