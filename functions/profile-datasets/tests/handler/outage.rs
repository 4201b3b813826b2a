use jiff::SignedDuration;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Call, Fault, World};

use crate::{DELETE, JANE, LIST, PULL, assert_problem, granted, parts, push, request, send, world};

/// The answer says to come back, and nothing of what is behind it, before API Gateway's caller and
/// the function's own timeout give up.
fn assert_come_back(world: &World, request: &Value) {
    let begun = world.clock().now();
    let answer = send(world, request);
    let taken = world.clock().now().duration_since(begun);
    assert!(taken < SignedDuration::from_secs(10), "it took {taken}");
    assert_problem(&answer, 503, "unavailable", None);
    assert_eq!(answer["headers"]["retry-after"], "5");
    let told = answer.to_string().to_lowercase();
    for internal in [
        "dynamo",
        "table",
        "profiles",
        "query",
        "exception",
        "timeout",
        "aws",
    ] {
        assert!(!told.contains(internal), "{internal} is in {told}");
    }
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::Throttle)]
#[case(Fault::BlackHole)]
#[case(Fault::LoseAcknowledgement)]
fn while_dynamodb_is_down_an_app_is_told_to_come_back(#[case] fault: Fault) {
    for operation in ["BatchGetItem", "Query"] {
        let world = world(1);
        granted(&world, &push(&[("a", Some("1"), 0)]));
        let rows = world.rows("profiles");
        world
            .faults()
            .always(fault, move |call| call.operation == operation);
        let mut requests = vec![request(LIST), request(PULL)];
        if operation == "BatchGetItem" {
            requests.extend([push(&[("b", Some("1"), 0)]), request(DELETE)]);
        }
        for request in requests {
            assert_come_back(&world, &request);
        }
        assert_eq!(world.rows("profiles"), rows);
    }
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::Throttle)]
#[case(Fault::BlackHole)]
#[case(Fault::Conflict)]
fn what_can_not_be_written_is_not_written_by_halves(#[case] fault: Fault) {
    for request in [push(&[("b", Some("1"), 0)]), request(DELETE)] {
        let world = world(1);
        granted(&world, &push(&[("a", Some("1"), 0)]));
        let rows = world.rows("profiles");
        world.faults().always(fault, Call::is_table_write);
        assert_come_back(&world, &request);
        assert_eq!(world.rows("profiles"), rows);
        world.faults().heal();
        let status = send(&world, &request)["statusCode"].as_u64();
        assert!(matches!(status, Some(200 | 204)), "{status:?}");
    }
}

#[test]
fn a_read_that_is_half_done_is_asked_for_again() {
    let world = world(1);
    world
        .faults()
        .once(Fault::HalfApply, |call| call.operation == "BatchGetItem");
    granted(&world, &push(&[("a", Some("1"), 0), ("b", Some("1"), 0)]));
    assert_eq!(parts(&world, JANE).len(), 6);
}

#[test]
fn a_row_that_can_not_be_read_is_not_shown() {
    let world = world(1);
    world.put_row(
        "profiles",
        json!({ "profile_id": JANE, "part": "dataset#settings", "version": "x" }),
    );
    for request in [
        request(LIST),
        request(PULL),
        push(&[("a", Some("1"), 0)]),
        request(DELETE),
    ] {
        assert_come_back(&world, &request);
    }
}
