use jiff::SignedDuration;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Fault, World};

use crate::{JANE, assert_problem, every_route, outbox, request, row, send, world};

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
        "getitem",
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
fn while_dynamodb_is_down_a_caller_is_told_to_come_back(#[case] fault: Fault) {
    for request in every_route() {
        let world = world(1);
        world.faults().always(fault, |call| !call.is_table_write());
        assert_come_back(&world, &request);
        assert_eq!(row(&world, JANE, "profile").unwrap()["version"], 3);
        assert!(outbox(&world).is_empty());
    }
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::Throttle)]
#[case(Fault::BlackHole)]
#[case(Fault::Conflict)]
fn what_can_not_be_written_is_not_written_by_halves(#[case] fault: Fault) {
    for request in &every_route()[3..] {
        let world = world(1);
        let rows = world.rows("profiles");
        world.faults().always(fault, testkit::Call::is_table_write);
        assert_come_back(&world, request);
        assert_eq!(world.rows("profiles"), rows);
        world.faults().heal();
        assert_eq!(send(&world, request)["statusCode"], 200);
        assert_eq!(outbox(&world).len(), 1);
    }
}

#[test]
fn a_row_that_can_not_be_read_is_not_shown() {
    let world = world(1);
    world.put_row(
        "profiles",
        json!({ "profile_id": JANE, "part": "profile", "version": "three", "fields": {} }),
    );
    assert_come_back(&world, &request("GET /v1/me"));
}
