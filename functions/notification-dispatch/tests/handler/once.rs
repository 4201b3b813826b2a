use std::time::Duration;

use serde_json::json;
use testkit::{Fault, Service};

use crate::{LIMIT, answer, batch, created, deliver, envelope, sent, updated, world};

#[test]
fn a_message_that_is_delivered_again_is_sent_once() {
    let world = world();
    let body = envelope(&updated(&world, Some("harbour")));
    for _ in 0..3 {
        assert!(deliver(&world, std::slice::from_ref(&body)).is_empty());
    }
    world.advance(Duration::from_hours(6 * 24));
    world.advance(Duration::from_hours(6 * 24));
    assert!(deliver(&world, &[body]).is_empty());
    assert_eq!(sent(&world), (1, 1));
    assert!(
        world
            .rows("ledger")
            .iter()
            .all(|row| row["state"] == "done")
    );
}

#[test]
fn a_message_that_is_twice_in_a_batch_is_sent_once() {
    let world = world();
    let body = envelope(&updated(&world, Some("harbour")));
    let bodies = [body.clone(), body];
    let left = deliver(&world, &bodies);
    // The one that came second may find the other at it, and then comes again.
    assert!(left.len() <= 1, "{left:?}");
    world.advance(LIMIT * 6);
    assert!(deliver(&world, &bodies).is_empty());
    assert_eq!(sent(&world), (1, 1));
}

#[test]
fn of_an_array_each_event_is_told_once() {
    let world = world();
    let (one, other) = (created(&world), updated(&world, Some("harbour")));
    let array = format!("[{}, {}]", envelope(&one), envelope(&other));
    for _ in 0..2 {
        assert!(deliver(&world, std::slice::from_ref(&array)).is_empty());
    }
    assert_eq!(sent(&world), (2, 2));
}

#[test]
fn two_runs_at_once_send_once() {
    let world = world();
    let event = batch(&[envelope(&updated(&world, Some("harbour")))]);
    world.block_on(async {
        let (one, two) = tokio::join!(answer(&world, &event, LIMIT), answer(&world, &event, LIMIT));
        one.and(two).unwrap();
    });
    assert_eq!(sent(&world), (1, 1));
}

#[test]
fn two_events_are_two_notices() {
    let world = world();
    let bodies = [1, 2].map(|_| envelope(&updated(&world, Some("harbour"))));
    assert!(deliver(&world, &bodies).is_empty());
    assert_eq!(sent(&world), (2, 2));
}

#[test]
fn a_notice_that_another_run_is_at_waits_until_its_lease_has_run_out() {
    let world = world();
    let event = updated(&world, Some("harbour"));
    let until = world.clock().now().as_millisecond() + 30_000;
    world.put_row(
        "ledger",
        json!({
            "key": format!("notice#{}#sms", event.id),
            "state": "in_progress",
            "owner": "another run",
            "lease_until": until,
            "expires_at": until / 1_000 + 86_400,
        }),
    );
    let body = envelope(&event);
    assert_eq!(deliver(&world, std::slice::from_ref(&body)), [0]);
    assert_eq!(sent(&world).0, 0);
    world.advance(Duration::from_secs(31));
    assert!(deliver(&world, &[body]).is_empty());
    assert_eq!(sent(&world), (1, 1));
}

#[test]
fn a_lost_acknowledgement_of_the_ledger_loses_and_doubles_nothing() {
    for n in 1..=8 {
        let world = world();
        world.faults().at(n, Fault::LoseAcknowledgement);
        // A text message whose acknowledgement is lost may go out twice: SNS knows no idempotency
        // key. Receivers of the topic recognise it by theirs.
        let to_sns = |world: &testkit::World| {
            world
                .trace()
                .get(n - 1)
                .is_some_and(|call| call.call.service == Service::Sns)
        };
        let body = envelope(&updated(&world, Some("harbour")));
        assert!(
            deliver(&world, std::slice::from_ref(&body)).is_empty(),
            "call {n}"
        );
        let (phones, topic) = sent(&world);
        if to_sns(&world) {
            assert_eq!(phones + topic, 3, "call {n}");
        } else {
            assert_eq!((phones, topic), (1, 1), "call {n}");
        }
    }
}
