//! Partners' events of which a tenant's rule says that people are told.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Service, World, engine::Recipient};

use crate::{JANE, deliver, prefer, sent, world_with_jane};

const KIND: &str = "com.example.parcel.sent.v1";

/// Whoever consented to `purpose` is told of parcels.
fn rule(world: &World, purpose: &str, state: &str) {
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": format!("notification-rule#{KIND}"),
            "purpose": purpose,
            "texts": { "de": "Ihr Paket ist unterwegs.", "en": "Your parcel is on its way." },
            "state": state,
        }),
    );
}

/// What Jane said about the parcels.
fn decide(world: &World, ruling: &str) {
    world.put_row(
        "profiles",
        json!({
            "profile_id": JANE,
            "part": "consent#harbour#parcels",
            "tenant": "harbour",
            "purpose": "parcels",
            "ruling": ruling,
            "text_version": "2026-01",
            "surface": "self-service",
            "decided_at": "2025-06-01T00:00:00Z",
            "version": 1,
        }),
    );
}

/// A world with the rule, in which Jane agreed to it.
fn world() -> World {
    let world = world_with_jane(true);
    rule(&world, "parcels", "active");
    decide(&world, "granted");
    world
}

/// That a parcel of Jane's was sent, as event-router queues it.
fn parcel(n: u32) -> String {
    json!({
        "tenant": "harbour",
        "event_type": KIND,
        "event": format!("harbour#parcel-{n}"),
        "profile_id": JANE,
        "at": "2026-01-15T08:59:00Z",
        "request_id": "request-1",
    })
    .to_string()
}

fn told(world: &World) -> Vec<Value> {
    let topic = world.notifications().into_iter();
    let topic = topic.filter(|sent| matches!(sent.recipient, Recipient::Topic(_)));
    topic
        .map(|sent| serde_json::from_str(&sent.message).unwrap())
        .collect()
}

#[test]
fn who_consented_to_the_rules_purpose_is_told_in_its_words_once() {
    let world = world();
    for _ in 0..3 {
        assert!(deliver(&world, &[parcel(1)]).is_empty());
    }
    assert_eq!(sent(&world), (1, 1));
    let expected = json!({
        "notice": "event",
        "text": "Your parcel is on its way.",
        "profile_id": JANE,
        "tenant_id": "harbour",
        "event_id": "harbour#parcel-1",
        "event_type": KIND,
        "at": "2026-01-15T08:59:00Z",
    });
    assert_eq!(told(&world), [expected]);
    for notice in world.notifications() {
        let key = notice.attributes["idempotency.key"].as_str();
        assert!(key.starts_with("notice#harbour#parcel-1#"), "{key}");
    }
}

#[test]
fn two_events_are_told_of_twice() {
    let world = world();
    assert!(deliver(&world, &[parcel(1), parcel(2)]).is_empty());
    assert_eq!(sent(&world), (2, 2));
}

#[test]
fn they_read_it_in_their_language() {
    let world = world();
    prefer(&world, &json!({ "locale": "de-CH" }));
    assert!(deliver(&world, &[parcel(1)]).is_empty());
    assert_eq!(told(&world)[0]["text"], "Ihr Paket ist unterwegs.");
}

#[test]
fn consent_is_that_to_the_rules_purpose_at_the_moment_of_sending() {
    let withdrawn = world();
    decide(&withdrawn, "withdrawn");
    let to_another = world();
    rule(&to_another, "newsletter", "active");
    let undecided = world_with_jane(true);
    rule(&undecided, "parcels", "active");
    crate::decide(&undecided, "harbour", "granted");
    for world in [withdrawn, to_another, undecided] {
        assert!(deliver(&world, &[parcel(1)]).is_empty());
        assert_eq!(sent(&world), (0, 0));
        assert!(world.rows("ledger").is_empty());
    }
}

#[test]
fn a_channel_that_they_do_not_want_is_left_out() {
    let world = world();
    prefer(&world, &json!({ "notices_by_sms": "no" }));
    assert!(deliver(&world, &[parcel(1)]).is_empty());
    assert_eq!(sent(&world), (0, 1));
}

#[test]
fn a_rule_that_was_disabled_while_the_message_waited_tells_nobody() {
    let disabled = world();
    rule(&disabled, "parcels", "disabled");
    let none = world_with_jane(true);
    decide(&none, "granted");
    for world in [disabled, none] {
        assert!(deliver(&world, &[parcel(1)]).is_empty());
        assert_eq!(sent(&world), (0, 0));
    }
}

#[test]
fn what_happened_more_than_a_day_ago_is_no_news() {
    let world = world();
    world.advance(Duration::from_hours(25));
    assert!(deliver(&world, &[parcel(1)]).is_empty());
    assert_eq!(sent(&world), (0, 0));
}

#[test]
fn while_the_directory_is_down_the_message_waits() {
    let world = world();
    world.faults().down(Service::DynamoDb);
    assert_eq!(deliver(&world, &[parcel(1)]), [0]);
    world.faults().heal();
    assert!(deliver(&world, &[parcel(1)]).is_empty());
    assert_eq!(sent(&world), (1, 1));
}

#[test]
fn of_somebody_who_was_erased_nobody_is_told() {
    let world = world();
    world.put_row(
        "profiles",
        json!({ "profile_id": JANE, "part": "profile", "closed": "erased" }),
    );
    assert!(deliver(&world, &[parcel(1)]).is_empty());
    assert_eq!(sent(&world), (0, 0));
}
