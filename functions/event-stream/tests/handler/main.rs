//! The handler on a simulated AWS: what of the table's stream reaches the bus, and what is parked.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use aws_sdk_dynamodb::Client;
use cloudevent::Incoming;
use event_stream::{App, handle};
use intake::EventItem;
use lambda_kit::aws::CallBudget;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{
    Fault, Service, World,
    delivery::{self, StreamOutcome},
};

/// Writes a row as a function does, so that the stream tells of it.
fn put(world: &World, row: &Value) {
    let item = serde_dynamo::to_item(row).unwrap();
    let client = Client::new(&world.sdk_config(&CallBudget::BATCH));
    let put = client.put_item().table_name("events").set_item(Some(item));
    world.block_on(put.send()).unwrap();
}

/// An event that was accepted.
fn accepted(world: &World, id: &str) -> Value {
    let json = json!({
        "specversion": "1.0", "id": id, "source": "/shops/17",
        "type": "com.example.order.placed.v1", "subject": "prf_1", "note": "canary",
        "data": { "email": "mail@canary.example" },
    });
    let event = Incoming::from_json(&json.to_string()).unwrap();
    let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
    let now = world.clock().now();
    let (item, _) = EventItem::new(&event, whose, "request-1", "events", now);
    serde_json::to_value(item).unwrap()
}

fn flow(world: &World) -> StreamOutcome {
    let outcome = delivery::stream(world, "events", async |event, invocation| {
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
        handle(&app, event, invocation).await
    });
    world.block_on(outcome)
}

/// The ids that the bus was told of, in its order.
fn told(world: &World) -> Vec<String> {
    let events = world.published_events();
    let ids = events.iter().map(|event| event.detail["id"].as_str());
    ids.map(|id| id.unwrap().to_owned()).collect()
}

#[test]
fn the_bus_is_told_where_an_event_is_and_nothing_that_it_says() {
    let world = World::new(1);
    let row = accepted(&world, "1");
    put(&world, &row);
    assert_eq!(flow(&world).discarded, Vec::<Value>::new());
    let published = world.published_events();
    assert_eq!(published.len(), 1);
    assert_eq!(published[0].source, "partner:harbour/crm");
    assert_eq!(published[0].detail_type, "com.example.order.placed.v1");
    assert_eq!(
        published[0].detail,
        json!({
            "specversion": "1.0",
            "id": "1",
            "source": "/shops/17",
            "type": "com.example.order.placed.v1",
            "time": "2026-01-15T09:00:00Z",
            "datacontenttype": "application/json",
            "dataref": format!("fairlead:event:{}", row["event"].as_str().unwrap()),
            "tenantid": "harbour",
            "partnerid": "crm",
            "correlationid": "request-1",
        })
    );
}

#[test]
fn what_is_published_stays_and_only_leaves_the_index() {
    let world = World::new(1);
    let mut row = accepted(&world, "1");
    put(&world, &row);
    flow(&world);
    for name in ["relay_shard", "relay_at"] {
        row.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(world.rows("events"), [row]);
    // The stream told of that change, too.
    assert_eq!(told(&world), ["1"]);
}

#[test]
fn an_event_that_takes_the_place_of_one_that_has_run_out_is_told_of() {
    let world = World::new(1);
    let row = accepted(&world, "1");
    put(&world, &row);
    flow(&world);
    let mut later = row;
    later["digest"] = "another".into();
    put(&world, &later);
    flow(&world);
    assert_eq!(told(&world), ["1", "1"]);
}

#[test]
fn a_row_that_no_code_of_ours_wrote_is_parked_by_its_key_and_its_neighbours_go_on() {
    let world = World::new(1);
    put(&world, &accepted(&world, "1"));
    let mut poison = accepted(&world, "2");
    poison["time"] = "mail@canary.example".into();
    put(&world, &poison);
    put(&world, &accepted(&world, "3"));
    assert_eq!(flow(&world).discarded, Vec::<Value>::new());
    assert_eq!(told(&world), ["1", "3"]);
    let parked = world.sent_messages("parking");
    assert_eq!(parked.len(), 1);
    let body: Value = serde_json::from_str(&parked[0].body).unwrap();
    assert_eq!(body["service"], "event-stream");
    assert_eq!(body["payload"], json!({ "event": poison["event"] }));
    assert!(!parked[0].body.contains("canary"));
    let rows = world.rows("events");
    let row = rows.iter().find(|row| row["id"] == "2").unwrap();
    assert_eq!(row["parked_because"], "the outbox row holds no CloudEvent");
    assert_eq!(row.get("relay_shard"), None);
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::BlackHole)]
fn while_the_bus_is_down_the_stream_waits_and_the_rows_stay_in_the_index(#[case] fault: Fault) {
    let world = World::new(1);
    put(&world, &accepted(&world, "1"));
    world
        .faults()
        .always(fault, |call| call.service == Service::EventBridge);
    let given_up = flow(&world).discarded;
    assert_eq!(given_up.len(), 1);
    assert!(world.rows("events")[0].get("relay_shard").is_some());
}
