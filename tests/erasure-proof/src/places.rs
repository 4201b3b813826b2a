//! Where anything is kept.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::{
    World,
    engine::{BUCKETS, NOTIFICATIONS_TOPIC, PARKING_QUEUE, Recipient},
    printed::Printed,
};

/// What the tables look like.
const TABLES: &str = include_str!("../../../cdk/tables.json");

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
}

/// Every place in which anything is kept: tables and what their streams still have, buckets, queues, the
/// user pool, the topic, the bus's archive, the state machine's executions, and the logs. The queues that
/// the bus fills have what the archive has; the actors see to it that none of it ends as a dead letter.
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
        "the bus's archive",
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

/// All queues to which functions send.
fn queues(world: &World) -> impl Iterator<Item = Place> {
    let mut queues = BTreeMap::from([(PARKING_QUEUE.to_owned(), Vec::new())]);
    for message in world.engines().all_messages() {
        let told = format!("{} {:?}", message.body, message.attributes);
        queues.entry(message.queue).or_default().push(told);
    }
    queues
        .into_iter()
        .map(|(queue, messages)| Place::new(format!("queue {queue}"), messages))
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
