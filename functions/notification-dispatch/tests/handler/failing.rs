use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Fault, Service, World};

use crate::{JANE, LIMIT, answer, batch, deliver, envelope, sent, updated, world};

/// The call sends the notice of this event.
fn is_notice_of(call: &testkit::Call, event_id: &str) -> bool {
    call.service == Service::Sns && call.input.to_string().contains(event_id)
}

#[test]
fn a_notice_that_sns_does_not_take_comes_again_alone() {
    let world = world();
    let events = [1, 2, 3].map(|_| updated(&world, Some("harbour")));
    let bodies = events.each_ref().map(envelope);
    let failing = events[1].id.clone();
    world
        .faults()
        .always(Fault::Unavailable, move |call| is_notice_of(call, &failing));
    assert_eq!(deliver(&world, &bodies), [1]);
    assert_eq!(sent(&world), (2, 2));
    world.faults().heal();
    world.advance(LIMIT * 6);
    assert!(deliver(&world, &bodies[1..2]).is_empty());
    assert_eq!(sent(&world), (3, 3));
}

#[test]
fn a_message_that_is_no_event_is_reported_and_its_neighbours_are_sent() {
    let world = world();
    let good = envelope(&updated(&world, Some("harbour")));
    let unknown = good.replace(".updated.v1", ".forgotten.v1");
    for bad in [
        "",
        "no JSON",
        "{}",
        "[]",
        r#"{"detail":{}}"#,
        r#"{"detail":"text"}"#,
        &unknown,
    ] {
        let world = crate::world();
        let bodies = [bad.to_owned(), envelope(&updated(&world, Some("harbour")))];
        assert_eq!(deliver(&world, &bodies), [0], "{bad}");
        assert_eq!(sent(&world), (1, 1), "{bad}");
    }
}

#[test]
fn a_message_stays_while_the_recipient_or_the_ledger_can_not_be_read() {
    for operation in ["BatchGetItem", "PutItem"] {
        let world = world();
        let bodies = [envelope(&updated(&world, Some("harbour")))];
        world
            .faults()
            .always(Fault::Unavailable, move |call| call.operation == operation);
        assert_eq!(deliver(&world, &bodies), [0], "{operation}");
        assert_eq!(sent(&world), (0, 0), "{operation}");
        world.faults().heal();
        assert!(deliver(&world, &bodies).is_empty());
        assert_eq!(sent(&world), (1, 1), "{operation}");
    }
}

#[test]
fn rows_that_come_in_two_answers_are_put_together() {
    let world = world();
    world.faults().once(Fault::HalfApply, |_| true);
    assert!(deliver(&world, &[envelope(&updated(&world, Some("harbour")))]).is_empty());
    assert_eq!(sent(&world), (1, 1));
}

#[test]
fn a_row_that_is_kept_back_is_not_taken_for_absent() {
    let world = world();
    world.faults().always(Fault::HalfApply, |_| true);
    let bodies = [envelope(&updated(&world, Some("harbour")))];
    assert_eq!(deliver(&world, &bodies), [0]);
    assert_eq!(sent(&world), (0, 0));
}

#[test]
fn a_consent_that_can_not_be_read_sends_nothing() {
    let world = world();
    world.put_row(
        "profiles",
        json!({ "profile_id": JANE, "part": "consent#harbour#account-notices", "ruling": "perhaps" }),
    );
    assert_eq!(
        deliver(&world, &[envelope(&updated(&world, Some("harbour")))]),
        [0]
    );
    assert_eq!(sent(&world), (0, 0));
}

#[test]
fn messages_for_which_no_time_is_left_stay() {
    let world = world();
    let bodies = [1, 2].map(|_| envelope(&updated(&world, Some("harbour"))));
    let late = world.block_on(answer(&world, &batch(&bodies), Duration::from_secs(7)));
    assert_eq!(
        late.unwrap()["batchItemFailures"].as_array().unwrap().len(),
        2
    );
    assert!(world.trace().is_empty());
}

#[test]
fn what_is_no_batch_fails_as_a_whole() {
    let world = World::new(1);
    let events = [
        json!({}),
        Value::Null,
        json!({ "Records": "none" }),
        json!({ "Records": [{ "body": "{}" }] }),
        json!({ "Records": [{ "messageId": "m", "body": {} }] }),
    ];
    for event in events {
        assert!(
            world.block_on(answer(&world, &event, LIMIT)).is_err(),
            "{event}"
        );
    }
}
