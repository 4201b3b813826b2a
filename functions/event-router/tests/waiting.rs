//! What names somebody whom nobody knows yet, on a simulated AWS: it waits under the keyed hash of an
//! identifier, and gets into their timeline once it is told of again.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::time::Duration;

use cloudevent::Incoming;
use event_router::{App, handle};
use identity::{ExternalId, Identifier, IdentifierKey};
use intake::EventItem;
use lambda_kit::aws::CallBudget;
use segment::{Call, Kind, Limits};
use serde_json::{Value, json};
use testkit::{Call as Request, Fault, World, delivery};

const JANE: &str = "prf_01010101010171018101010101010101";
const DEVICE: &str = "d3b07384-d113-4dec-89ea-a6238ad5ff00";

/// Accepts `event` of the CRM and says what the bus brings of it.
fn accept(world: &World, event: &Incoming) -> String {
    let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
    let now = world.clock().now();
    let (item, _) = EventItem::new(event, whose, "request-1", "events", now);
    let detail = serde_json::to_value(item.announcement()).unwrap();
    world.put_row("events", serde_json::to_value(item).unwrap());
    json!({ "version": "0", "detail": detail }).to_string()
}

/// An order of whom the CRM names by `name`.
fn order(world: &World, id: &str, name: &str) -> String {
    let json = json!({
        "specversion": "1.0", "id": id, "source": "/shops/17",
        "type": "com.example.order.placed.v1", "fairleadidentifier": name,
        "data": { "order": "canary" },
    });
    accept(world, &Incoming::from_json(&json.to_string()).unwrap())
}

/// A message of the CRM's page.
fn message(world: &World, kind: Kind, said: &Value) -> String {
    let source = segment::source("harbour", "crm");
    let now = world.clock().now();
    let (call, body) = (Call::One(kind), said.to_string());
    let read = segment::read(call, body.as_bytes(), &source, now, &Limits::default()).unwrap();
    accept(world, &read.into_iter().next().unwrap().unwrap())
}

fn track(world: &World, id: &str) -> String {
    let said = json!({
        "messageId": id, "event": "Order placed", "userId": "C-17", "anonymousId": DEVICE,
    });
    message(world, Kind::Track, &said)
}

fn identify(world: &World, id: &str) -> String {
    message(
        world,
        Kind::Identify,
        &json!({ "messageId": id, "userId": "C-17" }),
    )
}

/// How many messages end as dead letters.
fn deliver(world: &World, bodies: &[&String]) -> usize {
    let bodies: Vec<String> = bodies.iter().map(|body| (*body).clone()).collect();
    let outcome = delivery::sqs(world, "events-in", bodies, async |event, invocation| {
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
        handle(&app, event, invocation).await
    });
    world.block_on(outcome).dead_letters.len()
}

fn external(id: &str) -> Identifier {
    Identifier::External(ExternalId::new("harbour", "crm", id).unwrap())
}

fn device() -> Identifier {
    Identifier::Anonymous(DEVICE.parse().unwrap())
}

fn key(world: &World, identifier: &Identifier) -> String {
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    identifier.key(&key)
}

/// What `identifier` leads to.
fn point(world: &World, identifier: &Identifier, row: &Value) {
    let mut row = row.clone();
    row["identifier"] = key(world, identifier).into();
    world.put_row("identifiers", row);
}

/// Jane is there, and `identifier` leads to her.
fn jane_is(world: &World, identifier: &Identifier) {
    let profile = json!({ "profile_id": JANE, "part": "profile", "version": 1, "fields": {} });
    world.put_row("profiles", profile);
    let owned = json!({ "profile_id": JANE, "member": JANE, "verified": true });
    point(world, identifier, &owned);
}

/// The ids of the events that are in timelines.
fn entered(world: &World) -> Vec<String> {
    let mut rows = world.rows("profiles");
    rows.retain(|row| row["part"].as_str().unwrap().starts_with("event#"));
    let ids = rows
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned());
    let mut ids: Vec<String> = ids.collect();
    ids.sort();
    ids
}

/// Under what something waits.
fn waiting(world: &World) -> Vec<Value> {
    let rows = world.rows("waiting").into_iter();
    rows.map(|row| row["identifier"].clone()).collect()
}

/// Notes that the event was told of again, as event-resume does.
fn is_told_again(world: &World) {
    for mut row in world.rows("events") {
        row["told_again_at"] = "2026-01-15T09:05:00Z".into();
        world.put_row("events", row);
    }
}

#[test]
fn an_event_waits_for_whom_it_names_and_is_entered_once_they_are_known() {
    for (name, identifier) in [
        ("external:C-17".to_owned(), external("C-17")),
        (format!("anonymous:{DEVICE}"), device()),
    ] {
        let world = World::new(1);
        let body = order(&world, "1", &name);
        for _ in 0..2 {
            assert_eq!(deliver(&world, &[&body]), 0);
        }
        assert_eq!(entered(&world), Vec::<String>::new());
        assert_eq!(waiting(&world), [key(&world, &identifier)]);
        let row = world.rows("waiting")[0].clone();
        assert_eq!(row["event"], world.rows("events")[0]["event"]);
        assert_eq!(row["expires_at"], 1_768_467_600 + 15 * 86_400 - 3_600);
        assert!(!row.to_string().contains("C-17") && !row.to_string().contains(DEVICE));
        jane_is(&world, &identifier);
        assert_eq!(deliver(&world, &[&body]), 0);
        assert_eq!(entered(&world), ["1"]);
    }
}

#[test]
fn a_new_customers_first_messages_are_entered_in_whichever_order_they_come() {
    for order in [[0, 1], [1, 0]] {
        for are_together in [false, true] {
            let world = World::new(1);
            let messages = [track(&world, "1"), identify(&world, "2")];
            let [first, second] = order.map(|place: usize| &messages[place]);
            if are_together {
                assert_eq!(deliver(&world, &[first, second]), 0);
            } else {
                assert_eq!(deliver(&world, &[first]), 0);
                assert_eq!(deliver(&world, &[second]), 0);
            }
            let waits = !waiting(&world).is_empty();
            let is_entered = entered(&world).len() == 2;
            assert!(waits || is_entered, "{order:?} {are_together}");
            assert_eq!(deliver(&world, &[&messages[0]]), 0);
            assert_eq!(entered(&world).len(), 2);
        }
    }
}

#[test]
fn who_comes_to_be_known_while_it_is_left_waiting_is_seen_at_a_second_look() {
    let world = World::new(1);
    let body = order(&world, "1", "external:C-17");
    let profile = json!({ "profile_id": JANE, "part": "profile", "version": 1, "fields": {} });
    world.put_row("profiles", profile);
    let owned = json!({
        "identifier": key(&world, &external("C-17")),
        "profile_id": JANE, "member": JANE, "verified": true,
    });
    let engines = world.engines().clone();
    world
        .faults()
        .always(Fault::BlackHole, move |call: &Request| {
            if call.operation == "PutItem" && call.subject().contains("waiting") {
                engines.put_row("identifiers", &owned);
            }
            false
        });
    assert_eq!(deliver(&world, &[&body]), 0);
    assert_eq!(entered(&world), ["1"]);
}

#[test]
fn an_alias_waits_for_either_of_its_ids_and_is_taken_over_by_whichever_is_known_first() {
    let world = World::new(1);
    let said = json!({ "messageId": "1", "userId": "C-18", "previousId": "C-17" });
    let alias = message(&world, Kind::Alias, &said);
    assert_eq!(deliver(&world, &[&alias]), 0);
    let mut waits = waiting(&world);
    waits.sort_by_key(Value::to_string);
    let mut expected = [external("C-17"), external("C-18")].map(|each| key(&world, &each));
    expected.sort();
    assert_eq!(waits, expected);
    let identify = identify(&world, "2");
    assert_eq!(deliver(&world, &[&identify]), 0);
    assert_eq!(deliver(&world, &[&alias]), 0);
    assert_eq!(entered(&world), ["1", "2"]);
    let key = key(&world, &external("C-18"));
    let rows = world.rows("identifiers");
    assert!(rows.iter().any(|row| row["identifier"] == key.as_str()));
}

#[test]
fn nothing_waits_for_whom_there_never_will_be() {
    let world = World::new(1);
    let bodies = [
        order(&world, "1", "external:null"),
        order(&world, "2", "email:jane@example.com"),
        order(&world, "3", "nothing"),
        message(
            &world,
            Kind::Track,
            &json!({ "messageId": "4", "event": "Order placed", "userId": "undefined" }),
        ),
    ];
    let bodies: Vec<&String> = bodies.iter().collect();
    assert_eq!(deliver(&world, &bodies), 0);
    assert_eq!(waiting(&world), Vec::<Value>::new());
}

#[test]
fn of_somebody_who_was_erased_nothing_waits_and_what_is_said_is_removed() {
    let world = World::new(1);
    let erased = json!({ "erased_at": "2026-01-01T09:00:00Z" });
    point(&world, &external("C-17"), &erased);
    let body = order(&world, "1", "external:C-17");
    assert_eq!(deliver(&world, &[&body]), 0);
    assert_eq!(waiting(&world), Vec::<Value>::new());
    assert!(!json!(world.rows("events")).to_string().contains("canary"));
}

#[test]
fn what_waited_while_its_device_was_erased_is_removed_though_its_customer_is_known_by_now() {
    let world = World::new(1);
    let body = track(&world, "1");
    assert_eq!(deliver(&world, &[&body]), 0);
    assert_eq!(waiting(&world), [key(&world, &external("C-17"))]);
    let erased = json!({ "erased_at": "2026-01-15T09:04:00Z" });
    point(&world, &device(), &erased);
    jane_is(&world, &external("C-17"));
    is_told_again(&world);
    assert_eq!(deliver(&world, &[&body]), 0);
    assert_eq!(entered(&world), Vec::<String>::new());
    assert_eq!(world.rows("events")[0].get("body"), None);
}

#[test]
fn what_is_about_to_run_out_does_not_wait() {
    let world = World::new(1);
    let body = order(&world, "1", "external:C-17");
    world.advance(Duration::from_hours(15 * 24 - 1));
    assert_eq!(deliver(&world, &[&body]), 0);
    assert_eq!(waiting(&world), Vec::<Value>::new());
}

#[test]
fn what_can_not_be_left_waiting_stays_in_the_queue() {
    let world = World::new(1);
    let body = order(&world, "1", "external:C-17");
    world.faults().always(Fault::Unavailable, |call: &Request| {
        call.is_table_write() && call.subject().contains("waiting")
    });
    assert_eq!(deliver(&world, &[&body]), 1);
    world.faults().heal();
    assert_eq!(deliver(&world, &[&body]), 0);
    assert_eq!(waiting(&world).len(), 1);
}
