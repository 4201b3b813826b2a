//! The handler on a simulated AWS: what the stream left behind, and what becomes of it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::{collections::BTreeSet, time::Duration};

use cloudevent::Incoming;
use event_sweep::{App, handle};
use intake::EventItem;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{Fault, Service, World};

const GRACE: Duration = Duration::from_mins(10);

/// An event that was accepted and of which nobody was told.
fn forget(world: &World, id: &str) {
    let json = json!({
        "specversion": "1.0", "id": id, "source": "/shops/17",
        "type": "com.example.order.placed.v1", "data": { "order": id },
    });
    let event = Incoming::from_json(&json.to_string()).unwrap();
    let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
    let now = world.clock().now();
    let (item, _) = EventItem::new(&event, whose, "request-1", "events", now);
    world.put_row("events", serde_json::to_value(item).unwrap());
}

/// How many rows a sweep relays; `None` if it fails.
fn sweep(world: &World) -> Option<usize> {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
    let swept = world.block_on(handle(&app, world.invocation(Duration::from_secs(30))));
    swept.ok().map(|swept| swept.relayed)
}

/// The ids that the bus was told of.
fn told(world: &World) -> BTreeSet<String> {
    let events = world.published_events();
    let ids = events.iter().map(|event| event.detail["id"].as_str());
    ids.map(|id| id.unwrap().to_owned()).collect()
}

#[test]
fn what_the_stream_left_is_told_of_once_and_what_is_young_is_left_to_the_stream() {
    let world = World::new(1);
    for n in 0..50 {
        forget(&world, &n.to_string());
    }
    world.advance(GRACE + Duration::from_secs(1));
    forget(&world, "young");
    assert_eq!(sweep(&world), Some(50));
    assert_eq!(told(&world).len(), 50);
    assert!(!told(&world).contains("young"));
    assert_eq!(sweep(&world), Some(0));
    let rows = world.rows("events");
    assert_eq!(rows.len(), 51);
    let waiting = rows.iter().filter(|row| row.get("relay_shard").is_some());
    assert_eq!(waiting.count(), 1);
}

#[test]
fn a_row_that_no_code_of_ours_wrote_is_parked_once() {
    let world = World::new(1);
    let row = json!({ "event": "harbour#abc", "relay_shard": "0", "relay_at": "2026-01-15T08:00:00.000Z" });
    world.put_row("events", row);
    assert_eq!(sweep(&world), Some(1));
    let parked = world.sent_messages("parking");
    assert_eq!(parked.len(), 1);
    let body: Value = serde_json::from_str(&parked[0].body).unwrap();
    assert_eq!(body["payload"], json!({ "event": "harbour#abc" }));
    assert_eq!(sweep(&world), Some(0));
}

#[test]
fn while_the_bus_is_down_the_rows_wait() {
    let world = World::new(1);
    forget(&world, "1");
    world.advance(GRACE * 2);
    world.faults().down(Service::EventBridge);
    assert_eq!(sweep(&world), None);
    world.faults().heal();
    assert_eq!(sweep(&world), Some(1));
    assert_eq!(told(&world), ["1".to_owned()].into());
}

#[test]
fn a_shard_that_can_not_be_read_does_not_keep_the_others_waiting() {
    let world = World::new(1);
    for n in 0..50 {
        forget(&world, &n.to_string());
    }
    world.advance(GRACE * 2);
    world.faults().always(Fault::Unavailable, |call| {
        call.operation == "Query" && call.input["ExpressionAttributeValues"][":shard"]["S"] == "2"
    });
    assert_eq!(sweep(&world), None);
    let before = told(&world).len();
    assert!((1..50).contains(&before), "{before}");
    world.faults().heal();
    assert_eq!(sweep(&world), Some(50 - before));
}
