//! The consumer on a simulated AWS: what was offloaded is fetched, from the one bucket that it is told of.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use aws_sdk_s3::Client;
use claim_check_consumer::{Consumer, Taken, handle};
use lambda_kit::aws::CallBudget;
use payload::{
    Attribute, AttributeValue, Attributes, KeyPrefix, Offloader, Outgoing, PayloadWriter,
    Threshold, Transport,
};
use serde_json::{Value, json, value::RawValue};
use testkit::World;

/// What the publisher makes of `event`, as a queue has it to which a topic delivers raw.
fn published(world: &World, event: &Value) -> Value {
    let client = Client::new(&world.sdk_config(&CallBudget::BATCH));
    let writer = PayloadWriter::new(client, "claims");
    let prefix = KeyPrefix::new("claims/harbour/abc/chandlery/").unwrap();
    let offloader = Offloader::new(writer, Threshold::of(Transport::Sns)).with_prefix(prefix);
    let key = Attribute::text("the key of the event");
    let attributes = Attributes::from([("idempotency.key".to_owned(), key)]);
    let outgoing = world.block_on(offloader.offload(event.to_string(), attributes, "1"));
    let Outgoing {
        body, attributes, ..
    } = outgoing.unwrap();
    let attributes = attributes.into_iter().map(|(name, attribute)| {
        let AttributeValue::Text(text) = attribute.value else {
            panic!("no attribute has bytes")
        };
        let value = json!({ "stringValue": text, "dataType": attribute.data_type });
        (name, value)
    });
    json!({
        "messageId": "1",
        "body": body,
        "messageAttributes": attributes.collect::<Value>(),
    })
}

fn event(note: usize) -> Value {
    json!({
        "specversion": "1.0", "id": "1", "source": "/shops/17", "type": "com.example.order.placed.v1",
        "data": { "note": "x".repeat(note) },
    })
}

/// An event whose data lies at `place`.
fn scan(place: &str, bytes: usize) -> Value {
    json!({
        "specversion": "1.0", "id": "1", "source": "/scanners/3", "type": "com.example.scan.made.v1",
        "dataref": place, "databytes": bytes,
    })
}

fn consumer(world: &World) -> Consumer {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    Consumer::new(&sdk, "claims", "eu-central-1")
}

fn take(world: &World, record: Value) -> Result<Taken, String> {
    let record = serde_json::from_value(record).unwrap();
    let taken = world.block_on(consumer(world).take(record));
    taken.map_err(|error| error.to_string())
}

#[test]
fn small_events_come_whole_and_large_ones_are_fetched() {
    for note in [1, 262_144] {
        let world = World::new(1);
        let event = event(note);
        let record = published(&world, &event);
        let is_large = note > 1;
        assert_eq!(world.objects("claims").len(), usize::from(is_large));
        let taken = take(&world, record).unwrap();
        assert_eq!(taken.key.as_deref(), Some("the key of the event"));
        assert_eq!(taken.kind, "com.example.order.placed.v1");
        assert_eq!(taken.bytes, event.to_string().len());
        assert_eq!(taken.data_bytes, 0);
    }
}

#[test]
fn data_is_read_where_the_event_says_that_it_lies() {
    let world = World::new(1);
    let data = vec![7_u8; 9 * 1024 * 1024];
    let engines = world.engines();
    engines.put_object("claims", "claims/a", "application/pdf", data.clone());
    let record = published(&world, &scan("s3://claims/claims/a", data.len()));
    assert_eq!(take(&world, record).unwrap().data_bytes, 9 * 1024 * 1024);
    let shorter = published(&world, &scan("s3://claims/claims/a", 7));
    let error = take(&world, shorter).unwrap_err();
    assert!(error.contains("the message says 7"), "{error}");
}

#[test]
fn no_message_leads_to_another_bucket() {
    let world = World::new(1);
    let engines = world.engines();
    engines.put_object("events", "events/a", "application/pdf", vec![7_u8; 10]);
    let record = published(&world, &scan("s3://events/events/a", 10));
    let error = take(&world, record).unwrap_err();
    assert_eq!(error, "its bucket is none that payloads are read from");
}

#[test]
fn what_can_not_be_taken_stays_in_the_queue_and_the_rest_is_done() {
    let world = World::new(1);
    let good = published(&world, &event(1));
    let mut bad = good.clone();
    bad["messageId"] = "2".into();
    bad["body"] = "no event".into();
    let batch = json!({ "Records": [good, bad] }).to_string();
    let batch = RawValue::from_string(batch).unwrap();
    let answer = world.block_on(handle(&consumer(&world), &batch)).unwrap();
    assert_eq!(
        serde_json::to_value(answer).unwrap(),
        json!({ "batchItemFailures": [{ "itemIdentifier": "2" }] })
    );
    let nothing = RawValue::from_string("{}".to_owned()).unwrap();
    assert!(world.block_on(handle(&consumer(&world), &nothing)).is_err());
}
