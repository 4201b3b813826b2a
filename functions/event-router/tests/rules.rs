//! Of which events people are told, on a simulated AWS: those for whose type the tenant has a rule, once
//! they are in somebody's timeline.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use cloudevent::Incoming;
use event_router::{App, handle};
use intake::EventItem;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{Service, World, delivery, engine::NOTIFICATION_QUEUE};

const JANE: &str = "prf_01010101010171018101010101010101";
const KIND: &str = "com.example.parcel.sent.v1";

fn world(state: Option<&str>) -> World {
    let world = World::new(1);
    world.put_row(
        "profiles",
        json!({
            "profile_id": JANE, "part": "profile", "version": 3, "fields": {},
            "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
            "last_request": "an earlier request",
        }),
    );
    if let Some(state) = state {
        world.put_row(
            "directory",
            json!({
                "tenant": "harbour",
                "part": format!("notification-rule#{KIND}"),
                "purpose": "parcels",
                "texts": { "en": "Your parcel is on its way." },
                "state": state,
            }),
        );
    }
    world
}

/// Accepts an event of the tenant and says what the bus brings of it.
fn accept(world: &World, (id, kind, time): (&str, &str, &str), subject: &str) -> String {
    let event = json!({
        "specversion": "1.0", "id": id, "source": "/shops/17", "type": kind,
        "time": time, "subject": subject, "data": { "parcel": "canary" },
    });
    let event = Incoming::from_json(&event.to_string()).unwrap();
    let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
    let now = world.clock().now();
    let (item, _) = EventItem::new(&event, whose, "request-1", "events", now);
    let detail = serde_json::to_value(item.announcement()).unwrap();
    world.put_row("events", serde_json::to_value(item).unwrap());
    json!({ "version": "0", "detail": detail }).to_string()
}

fn parcel(world: &World, id: &str) -> String {
    accept(world, (id, KIND, "2026-01-15T08:59:00Z"), JANE)
}

/// How many messages end as dead letters.
fn deliver(world: &World, bodies: &[String]) -> usize {
    let bodies = bodies.to_vec();
    let outcome = delivery::sqs(world, "events-in", bodies, async |event, invocation| {
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
        handle(&app, event, invocation).await
    });
    world.block_on(outcome).dead_letters.len()
}

/// What lies in the queue from which people are told.
fn queued(world: &World) -> Vec<Value> {
    let sent = world.sent_messages(NOTIFICATION_QUEUE).into_iter();
    sent.map(|message| serde_json::from_str(&message.body).unwrap())
        .collect()
}

#[test]
fn of_an_event_with_a_rule_a_notice_is_queued_that_says_nothing_of_either() {
    let world = world(Some("active"));
    let body = parcel(&world, "1");
    assert_eq!(deliver(&world, &[body]), 0);
    let key = world.rows("events")[0]["event"].clone();
    let expected = json!({
        "tenant": "harbour",
        "event_type": KIND,
        "event": key,
        "profile_id": JANE,
        "at": "2026-01-15T08:59:00Z",
        "request_id": "request-1",
    });
    assert_eq!(queued(&world), [expected]);
}

#[test]
fn without_a_rule_that_is_active_nobody_is_told() {
    for state in [None, Some("disabled")] {
        let world = world(state);
        let body = parcel(&world, "1");
        assert_eq!(deliver(&world, &[body]), 0);
        assert_eq!(queued(&world), Vec::<Value>::new(), "{state:?}");
    }
}

#[test]
fn of_another_type_and_of_nobody_nothing_is_told() {
    let world = world(Some("active"));
    let time = "2026-01-15T08:59:00Z";
    let nobody = "prf_0f0f0f0f0f0f7f0f8f0f0f0f0f0f0f0f";
    let bodies = [
        accept(&world, ("1", "com.example.parcel.sent.v2", time), JANE),
        accept(&world, ("2", KIND, time), nobody),
    ];
    assert_eq!(deliver(&world, &bodies), 0);
    assert_eq!(queued(&world), Vec::<Value>::new());
}

#[test]
fn a_clock_that_goes_ahead_makes_nothing_newer_than_it_is() {
    let world = world(Some("active"));
    let body = accept(&world, ("1", KIND, "2026-01-15T21:00:00Z"), JANE);
    assert_eq!(deliver(&world, &[body]), 0);
    assert_eq!(queued(&world)[0]["at"], "2026-01-15T09:00:00Z");
}

#[test]
fn that_there_is_no_rule_is_asked_once_for_many_events() {
    let world = world(None);
    let bodies: Vec<String> = (0..10).map(|n| parcel(&world, &n.to_string())).collect();
    assert_eq!(deliver(&world, &bodies), 0);
    let asked = world.trace().into_iter().filter(|traced| {
        let input = traced.call.input.to_string();
        traced.call.service == Service::DynamoDb && input.contains("notification-rule#")
    });
    assert_eq!(asked.count(), 1);
}

#[test]
fn while_the_queue_is_down_the_event_waits_and_is_told_of_afterwards() {
    let world = world(Some("active"));
    let body = parcel(&world, "1");
    world.faults().down(Service::Sqs);
    assert_eq!(deliver(&world, std::slice::from_ref(&body)), 1);
    assert_eq!(queued(&world), Vec::<Value>::new());
    world.faults().heal();
    assert_eq!(deliver(&world, &[body]), 0);
    assert_eq!(queued(&world).len(), 1);
}
