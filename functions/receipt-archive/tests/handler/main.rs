//! The handler on a simulated AWS: what of the receipts' stream reaches the archive, what is parked,
//! and from where on a batch comes again.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use lambda_kit::aws::CallBudget;
use receipt_archive::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Fault, Service, World, engine::RECEIPTS_BUCKET};

const LIMIT: Duration = Duration::from_secs(30);

fn receipt(n: u8) -> Value {
    json!({
        "profile_id": "prf_01010101010171018101010101010101",
        "receipt_id": format!("rcp_019bc10dd48070008000000000000{n:03}"),
        "partner_day": "harbour#chandlery#2026-01-15#2",
        "tenant": "harbour",
        "partner": "chandlery",
        "purpose": "newsletter",
        "outcome": "allowed",
        "allowed": ["names"],
        "withheld": {},
        "policies": ["by-consent"],
        "reason": "the order of jane@example.com",
        "at": "2025-01-15T09:00:00Z",
        "request_id": "request-0",
        "expires_at": 1_768_467_600,
    })
}

/// A world in which the times of `receipts` are over, and the stream's records of that.
fn expired(receipts: &[Value]) -> (World, Vec<Value>) {
    let world = World::new(1);
    for row in receipts {
        world.put_row("receipts", row.clone());
    }
    world.advance(Duration::from_mins(1));
    world.engines().expire("receipts");
    let records = world.engines().changes("receipts");
    (world, records)
}

fn deliver(world: &World, records: &[Value]) -> Value {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
    let event = to_raw_value(&json!({ "Records": records })).unwrap();
    let answer = world.block_on(handle(&app, &event, world.invocation(LIMIT)));
    serde_json::to_value(answer.unwrap()).unwrap()
}

fn done() -> Value {
    json!({ "batchItemFailures": [] })
}

/// The answer by which `record` and all after it come again.
fn again_from(record: &Value) -> Value {
    json!({ "batchItemFailures": [{ "itemIdentifier": record["dynamodb"]["SequenceNumber"] }] })
}

fn archived(world: &World) -> Vec<String> {
    let objects = world.objects(RECEIPTS_BUCKET).into_iter();
    objects.map(|object| object.key).collect()
}

#[test]
fn a_receipt_that_expired_is_archived_by_its_day_without_its_reason() {
    let (world, records) = expired(&[receipt(1)]);
    assert_eq!(records.len(), 1);
    assert_eq!(deliver(&world, &records), done());
    let [object] = &world.objects(RECEIPTS_BUCKET)[..] else {
        panic!("one receipt is archived")
    };
    assert_eq!(
        object.key,
        "receipts/year=2025/month=01/day=15/rcp_019bc10dd48070008000000000000001.json"
    );
    let content: Value = serde_json::from_slice(&object.body).unwrap();
    assert_eq!(content["partner"], "chandlery");
    assert!(!String::from_utf8_lossy(&object.body).contains("jane"));
}

#[test]
fn a_batch_that_comes_again_changes_nothing() {
    let (world, records) = expired(&[receipt(1), receipt(2)]);
    deliver(&world, &records);
    let before = world.objects(RECEIPTS_BUCKET);
    world.advance(Duration::from_mins(1));
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(world.objects(RECEIPTS_BUCKET), before);
}

#[test]
fn what_somebody_deleted_or_wrote_is_not_archived() {
    let (world, mut records) = expired(&[receipt(1), receipt(2)]);
    records[0].as_object_mut().unwrap().remove("userIdentity");
    records[1]["eventName"] = "MODIFY".into();
    let by_somebody =
        json!({ "type": "Service", "principalId": "replication.dynamodb.amazonaws.com" });
    let (_, mut third) = expired(&[receipt(3)]);
    third[0]["userIdentity"] = by_somebody;
    records.append(&mut third);
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(archived(&world), Vec::<String>::new());
    assert_eq!(world.sent_messages("parking"), []);
}

#[test]
fn what_is_no_receipt_is_parked_without_its_reason_and_its_neighbours_go_on() {
    let mut shapeless = receipt(1);
    shapeless.as_object_mut().unwrap().remove("outcome");
    let (world, records) = expired(&[shapeless, receipt(2)]);
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(archived(&world).len(), 1);
    let [parked] = &world.sent_messages("parking")[..] else {
        panic!("one receipt is parked")
    };
    let body: Value = serde_json::from_str(&parked.body).unwrap();
    assert_eq!(body["cause"], "the row holds no receipt");
    let mut expected = records[0].clone();
    let row = expected["dynamodb"]["OldImage"].as_object_mut().unwrap();
    assert!(row.remove("reason").is_some());
    assert_eq!(body["payload"], expected);
    assert!(!parked.body.contains("jane"));
}

#[test]
fn while_the_archive_is_down_the_stream_waits_at_the_first_receipt() {
    let (world, records) = expired(&[receipt(1), receipt(2)]);
    world.faults().down(Service::S3);
    assert_eq!(deliver(&world, &records), again_from(&records[0]));
    assert_eq!(world.sent_messages("parking"), []);
    world.faults().heal();
    assert_eq!(deliver(&world, &records), done());
    assert_eq!(archived(&world).len(), 2);
}

#[test]
fn what_the_archive_refuses_for_good_is_parked_and_not_lost() {
    let (world, records) = expired(&[receipt(1)]);
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let everywhere = world.environment();
    let elsewhere = [
        ("RECEIPTS_BUCKET", "elsewhere"),
        (
            "PARKING_QUEUE_URL",
            everywhere.required("PARKING_QUEUE_URL").unwrap(),
        ),
    ];
    let environment = lambda_kit::config::Environment::from_pairs(elsewhere);
    let app = App::new(&environment, &sdk, world.clock()).unwrap();
    let event = to_raw_value(&json!({ "Records": records })).unwrap();
    let answer = world
        .block_on(handle(&app, &event, world.invocation(LIMIT)))
        .unwrap();
    assert_eq!(serde_json::to_value(answer).unwrap(), done());
    let [parked] = &world.sent_messages("parking")[..] else {
        panic!("one receipt is parked")
    };
    assert!(parked.body.contains("chandlery") && !parked.body.contains("jane"));
}

#[test]
fn a_receipt_that_can_be_neither_read_nor_parked_comes_again() {
    let mut shapeless = receipt(1);
    shapeless["purpose"] = 4.into();
    let (world, records) = expired(&[shapeless]);
    world
        .faults()
        .always(Fault::Unavailable, |call| call.service == Service::Sqs);
    assert_eq!(deliver(&world, &records), again_from(&records[0]));
}
