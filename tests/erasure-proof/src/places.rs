//! Where anything is kept.

use serde_json::{Value, json};
use testkit::{
    World,
    engine::{
        BUCKETS, NOTIFICATION_QUEUE, NOTIFICATIONS_TOPIC, Recipient, SentMessage, WEBHOOKS_QUEUE,
    },
    printed::Printed,
};

/// What the tables look like.
const TABLES: &str = include_str!("../../../cdk/tables.json");

/// The queues to which functions send what goes its way, and not only what can't.
const BUSY: [&str; 2] = [NOTIFICATION_QUEUE, WEBHOOKS_QUEUE];

/// Where what operators edit in Salesforce is kept, and tenants' code: about none of those who are erased.
const ABOUT_NOBODY: [&str; 6] = [
    "bucket artefacts",
    "bucket extensions",
    "table config",
    "stream of config",
    "bucket salesforce-events",
    "bucket salesforce-outcomes",
];

/// A place where something is kept, with all that it holds.
#[derive(PartialEq, Eq)]
pub struct Place {
    /// What it is called.
    pub name: String,
    pub(crate) held: Vec<u8>,
}

impl Place {
    fn new(name: impl Into<String>, things: impl IntoIterator<Item = String>) -> Self {
        let things: Vec<String> = things.into_iter().collect();
        Self {
            name: name.into(),
            held: things.join("\n").into_bytes(),
        }
    }

    /// Whether nothing is kept there.
    #[must_use]
    pub const fn is_bare(&self) -> bool {
        self.held.is_empty()
    }

    /// Whether something has to lie there at some time, or else nothing is proven by finding nothing: in
    /// a queue that the bus fills, or that takes only what could not be dealt with, nothing ever lies.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        let queue = self.name.strip_prefix("queue ");
        let is_about_nobody = ABOUT_NOBODY.contains(&self.name.as_str());
        !is_about_nobody && queue.is_none_or(|queue| BUSY.contains(&queue))
    }
}

/// Every place in which anything is kept: tables and what their streams still have, buckets, queues with
/// all that they ever took, the user pool, the topic, all that the bus ever took, the state machine's
/// executions, and the logs since the person's first hour. The queues that the bus fills have what the bus
/// has; the actors see to it that none of it ends as a dead letter.
#[must_use]
pub fn places(world: &World, log: &Printed) -> Vec<Place> {
    let engines = world.engines();
    let tables = engines.tables().map(|table| {
        let rows = engines.rows(table);
        Place::new(format!("table {table}"), rows.iter().map(Value::to_string))
    });
    let mut places: Vec<Place> = tables.collect();
    let shapes: Value = serde_json::from_str(TABLES).expect("the tables are described in JSON");
    let shapes = shapes.as_object().into_iter().flatten();
    let with_stream = shapes.filter(|(_, shape)| shape.get("stream").is_some());
    places.extend(with_stream.map(|(table, shape)| {
        let mut records = stream(world, table);
        if shape.get("stream").is_some_and(|view| view == "NEW_IMAGE") {
            records.iter_mut().for_each(without_old_image);
        }
        let records = records.iter().map(Value::to_string);
        Place::new(format!("stream of {table}"), records)
    }));
    places.extend(BUCKETS.map(|bucket| bucket_of(world, bucket)));
    places.extend(queues(world));
    let users = engines.user_pool().users();
    places.push(Place::new(
        "the user pool",
        users.iter().map(Value::to_string),
    ));
    let events = world.published_events().into_iter();
    places.push(Place::new(
        "the bus",
        events.map(|event| event.envelope().to_string()),
    ));
    // What went to the person's own phone is theirs; what went to the topic is not. What went to a
    // partner's topic is with the partner, who is told to erase it.
    let sent = world.notifications().into_iter();
    let topic = Recipient::Topic(NOTIFICATIONS_TOPIC.to_owned());
    let sent = sent.filter(|sent| sent.recipient == topic);
    places.push(Place::new(
        "the topic",
        sent.map(|sent| json!([sent.message, sent.subject, sent.attributes]).to_string()),
    ));
    let executions = engines.executions().into_iter();
    places.push(Place::new(
        "the executions",
        executions.map(|execution| format!("{} {}", execution.name, execution.input)),
    ));
    places.push(Place {
        name: "the logs".to_owned(),
        held: log.bytes(),
    });
    places
}

/// A bucket with its objects, archives as they are and with what is in them, and what was never finished.
fn bucket_of(world: &World, bucket: &str) -> Place {
    let mut held = Vec::new();
    for object in world.engines().objects(bucket) {
        held.extend_from_slice(object.key.as_bytes());
        held.extend_from_slice(&object.body);
        for (name, content) in object.unzipped().into_iter().flatten() {
            held.extend_from_slice(name.as_bytes());
            held.extend_from_slice(&content);
        }
    }
    for part in world.engines().unfinished_parts(bucket) {
        held.extend_from_slice(&part);
    }
    Place {
        name: format!("bucket {bucket}"),
        held,
    }
}

/// All queues, those of dead letters among them: what was ever sent there, whether or not it was dealt
/// with since, and what lies there by other ways.
fn queues(world: &World) -> impl Iterator<Item = Place> {
    let engines = world.engines();
    engines.queues().map(move |queue| {
        let messages = engines.sent_messages(queue).into_iter();
        let messages = messages.chain(engines.held_messages(queue));
        Place::new(format!("queue {queue}"), messages.map(told))
    })
}

/// All that a message says.
fn told(message: SentMessage) -> String {
    let attributes = message.attributes.into_iter();
    let attributes = attributes.map(|(name, value)| format!("\n{name}: {value}"));
    attributes.fold(message.body, |told, attribute| told + &attribute)
}

/// What a table's stream still has: it keeps a record for a day.
fn stream(world: &World, table: &str) -> Vec<Value> {
    let now = world.clock().now().as_second();
    let kept = |record: &&Value| {
        let made = record.pointer("/dynamodb/ApproximateCreationDateTime");
        let made = made.and_then(Value::as_f64).expect("a record has its time");
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
        let age = now as f64 - made;
        age < 86_400.0
    };
    let records = world.engines().changes(table);
    records.iter().filter(kept).cloned().collect()
}

/// A record as a stream has it that keeps no old images.
fn without_old_image(record: &mut Value) {
    if let Some(change) = record.get_mut("dynamodb").and_then(Value::as_object_mut) {
        change.remove("OldImage");
    }
}
