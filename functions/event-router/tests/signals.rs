//! Messages that visitors' browsers sent with Global Privacy Control, on a simulated AWS: what the signal
//! forbids is withdrawn for whoever the message is about, once, and before it is entered.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::time::Duration;

use event_router::{App, handle};
use identity::{ExternalId, Identifier, IdentifierKey};
use intake::EventItem;
use lambda_kit::aws::CallBudget;
use segment::{Call, Kind, Limits};
use serde_json::{Value, json};
use testkit::{World, delivery, sale};

const JANE: &str = "prf_01010101010171018101010101010101";
const DEVICE: &str = "d3b07384-d113-4dec-89ea-a6238ad5ff00";

/// A world in which the harbour shares data unless somebody objects, and the CRM calls Jane C-17.
fn world() -> World {
    let world = World::new(1);
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "purpose#measurement",
            "display_name": "Measurement of campaigns",
            "legal_basis": "legitimate_interests",
            "text_versions": ["2026-01"],
            "sale_or_sharing": true,
        }),
    );
    jane(&world, None);
    let external = ExternalId::new("harbour", "crm", "C-17").unwrap();
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let key = Identifier::External(external).key(&key);
    world.put_row(
        "identifiers",
        json!({ "identifier": key, "profile_id": JANE, "member": JANE, "verified": false }),
    );
    world
}

/// Jane's profile is open, or as `closed` says.
fn jane(world: &World, closed: Option<&str>) {
    let mut row = json!({
        "profile_id": JANE, "part": "profile", "version": 3, "fields": {},
        "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
    });
    if let Some(closed) = closed {
        row["closed"] = closed.into();
    }
    world.put_row("profiles", row);
}

/// Accepts a page view that was sent with the signal or without, and says what the bus brings of it.
fn accept(world: &World, gpc: bool, message: &Value) -> String {
    let source = segment::source("harbour", "crm");
    let now = world.clock().now();
    let (call, body) = (Call::One(Kind::Page), message.to_string());
    let read = segment::read(call, body.as_bytes(), &source, now, &Limits::default()).unwrap();
    let event = read.into_iter().next().unwrap().unwrap();
    let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
    let (mut item, _) = EventItem::new(&event, whose, "request-1", "events", now);
    item.gpc = gpc;
    let detail = serde_json::to_value(item.announcement()).unwrap();
    world.put_row("events", serde_json::to_value(item).unwrap());
    json!({ "version": "0", "detail": detail }).to_string()
}

fn visitor() -> Value {
    json!({ "messageId": "1", "anonymousId": DEVICE })
}

fn customer() -> Value {
    json!({ "messageId": "1", "userId": "C-17" })
}

/// How many messages end as dead letters.
fn deliver(world: &World, body: &str) -> usize {
    let bodies = vec![body.to_owned()];
    let outcome = delivery::sqs(world, "events-in", bodies, async |event, invocation| {
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
        handle(&app, event, invocation).await
    });
    world.block_on(outcome).dead_letters.len()
}

fn parts(world: &World, prefix: &str) -> Vec<Value> {
    let mut rows = world.rows("profiles");
    rows.retain(|row| row["part"].as_str().unwrap().starts_with(prefix));
    rows
}

/// The one decision that is on record, and whose it is.
fn decided(world: &World) -> (Value, Value) {
    let consents = parts(world, "consent#harbour#measurement");
    assert_eq!(consents.len(), 1, "{consents:?}");
    assert_eq!(consents[0]["surface"], "global-privacy-control");
    (
        consents[0]["profile_id"].clone(),
        consents[0]["ruling"].clone(),
    )
}

#[test]
fn a_visitor_objects_to_sale_and_sharing_by_the_first_message_that_tells_of_them() {
    let world = world();
    let message = accept(&world, true, &visitor());
    for _ in 0..2 {
        assert_eq!(deliver(&world, &message), 0);
    }
    let entries = parts(&world, "event#");
    assert_eq!(entries.len(), 1);
    let (whose, ruling) = decided(&world);
    assert_eq!(
        (whose, ruling),
        (entries[0]["profile_id"].clone(), json!("withdrawn"))
    );
    let evidence = parts(&world, "decision#");
    assert_eq!(evidence.len(), 1);
    assert_eq!(evidence[0]["request_id"], "request-1");
    let told = parts(&world, "outbox#").into_iter();
    let told = told.filter(|row| row["event"].as_str().unwrap().contains("consent.withdrawn"));
    assert_eq!(told.count(), 1);
}

#[test]
fn what_a_customer_granted_is_withdrawn_by_their_browsers_signal() {
    let world = world();
    sale::grant(&world, JANE);
    assert_eq!(deliver(&world, &accept(&world, true, &customer())), 0);
    assert!(!sale::is_granted(&world, JANE));
    assert_eq!(decided(&world), (json!(JANE), json!("withdrawn")));
}

#[test]
fn without_the_signal_nothing_is_withdrawn_and_nothing_more_is_read() {
    let world = world();
    sale::grant(&world, JANE);
    assert_eq!(deliver(&world, &accept(&world, false, &customer())), 0);
    assert!(sale::is_granted(&world, JANE));
    assert_eq!(parts(&world, "consent#harbour#measurement").len(), 0);
    let reads = world.trace().into_iter();
    let reads = reads.filter(|traced| traced.call.input.to_string().contains("purpose#"));
    assert_eq!(reads.count(), 0);
}

#[test]
fn what_was_granted_since_the_message_came_stands_however_late_it_is_routed() {
    let world = world();
    let message = accept(&world, true, &customer());
    world.advance(Duration::from_mins(10));
    sale::grant(&world, JANE);
    let mut later = parts(&world, "consent#harbour#partner-offers").remove(0);
    later["decided_at"] = "2026-01-15T09:05:00Z".into();
    world.put_row("profiles", later);
    assert_eq!(deliver(&world, &message), 0);
    assert!(sale::is_granted(&world, JANE));
    assert_eq!(decided(&world), (json!(JANE), json!("withdrawn")));
}

#[test]
fn while_the_person_is_being_merged_the_message_waits_and_is_not_entered() {
    let world = world();
    jane(&world, Some("settling"));
    let message = accept(&world, true, &customer());
    assert_eq!(deliver(&world, &message), 1);
    assert_eq!(parts(&world, "event#").len(), 0);
    jane(&world, None);
    assert_eq!(deliver(&world, &message), 0);
    assert_eq!(decided(&world), (json!(JANE), json!("withdrawn")));
    assert_eq!(parts(&world, "event#").len(), 1);
}

#[test]
fn a_message_that_is_about_nobody_withdraws_nothing() {
    let world = world();
    let said = json!({ "messageId": "1", "userId": "C-99", "anonymousId": DEVICE });
    assert_eq!(deliver(&world, &accept(&world, true, &said)), 0);
    assert_eq!(parts(&world, "consent#").len(), 0);
}
