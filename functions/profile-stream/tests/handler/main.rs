//! The handler on a simulated AWS: what of a stream reaches the bus, in which order, what is parked,
//! and from where on a batch comes again.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod failing;
mod poison;
mod relaying;

use std::time::Duration;

use event::{Cause, CloudEvent, Data, OutboxItem};
use lambda_kit::{aws::CallBudget, batch::UnreadableBatch};
use profile_stream::{App, handle};
use serde_json::{Map, Value, json, value::to_raw_value};
use testkit::World;

const PROFILE: &str = "prf_01010101010171018101010101010101";

/// The function's timeout.
const LIMIT: Duration = Duration::from_secs(30);

/// The outbox row of the profile's version `version`, which also lies in the table.
fn outbox_row(world: &World, version: u64) -> Value {
    let data = Data::ProfileUpdated {
        profile_id: PROFILE.parse().unwrap(),
        version,
        tenant_id: None,
        changed: ["locale".to_owned()].into(),
    };
    let cause = Cause {
        request_id: format!("request-{version}"),
    };
    let event = CloudEvent::new(data, &cause, &world.clock(), &world.ids());
    let row = serde_json::to_value(OutboxItem::new(&event)).unwrap();
    world.put_row("profiles", row.clone());
    row
}

fn outbox_rows(world: &World, count: u64) -> Vec<Value> {
    (1..=count)
        .map(|version| outbox_row(world, version))
        .collect()
}

/// A row of texts as DynamoDB writes it.
fn image(row: &Value) -> Value {
    let attributes = row.as_object().unwrap().iter();
    attributes
        .map(|(name, text)| (name.clone(), json!({ "S": text })))
        .collect::<Map<_, _>>()
        .into()
}

fn sequence_number(place: usize) -> String {
    format!("{}", 111_100_000_000_000_000_000_u128 + place as u128)
}

/// The change record at a place of the batch, counted from 0.
fn record(place: usize, event_name: &str, row: &Value) -> Value {
    let key = json!({ "profile_id": row["profile_id"], "part": row["part"] });
    let mut change = json!({
        "ApproximateCreationDateTime": 1_790_842_529.0,
        "Keys": image(&key),
        "SequenceNumber": sequence_number(place),
        "SizeBytes": 120,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    });
    let kept = if event_name == "REMOVE" {
        "OldImage"
    } else {
        "NewImage"
    };
    change[kept] = image(row);
    json!({
        "eventID": format!("{place:032x}"),
        "eventName": event_name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": change,
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:111122223333:table/profiles/stream/2026-01-15T00:00:00.000",
    })
}

/// The records of rows that were put into the table, as one batch.
fn inserted(rows: &[Value]) -> Vec<Value> {
    rows.iter()
        .enumerate()
        .map(|(place, row)| record(place, "INSERT", row))
        .collect()
}

fn try_deliver(world: &World, event: &Value, limit: Duration) -> Result<Value, UnreadableBatch> {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
    let event = to_raw_value(event).unwrap();
    let answer = world.block_on(handle(&app, &event, world.invocation(limit)))?;
    Ok(serde_json::to_value(answer).unwrap())
}

fn deliver(world: &World, records: &[Value]) -> Value {
    try_deliver(world, &json!({ "Records": records }), LIMIT).unwrap()
}

/// The answer by which the record at `place` and all after it come again.
fn again_from(place: usize) -> Value {
    json!({ "batchItemFailures": [{ "itemIdentifier": sequence_number(place) }] })
}

fn done() -> Value {
    json!({ "batchItemFailures": [] })
}

/// The versions that the bus was told of, in its order.
fn told(world: &World) -> Vec<u64> {
    let events = world.published_events();
    events
        .iter()
        .map(|event| event.detail["data"]["version"].as_u64().unwrap())
        .collect()
}
