use jiff::SignedDuration;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Call, Fault, Service, World};

use crate::{
    JANE, assert_problem, batch, body, by_id, every_route, put_person, receipts, send, world,
};

/// The answer says to come back, and nothing of what is behind it or of whom it was about.
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
        "getitem",
        "exception",
        "timeout",
        "aws",
        "jane",
    ] {
        assert!(!told.contains(internal), "{internal} is in {told}");
    }
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::Throttle)]
#[case(Fault::BlackHole)]
#[case(Fault::LoseAcknowledgement)]
fn while_dynamodb_is_down_a_partner_is_told_to_come_back(#[case] fault: Fault) {
    let routes = every_route(&world(1)).len();
    for route in 0..routes {
        let world = world(1);
        let is_read = |call: &Call| call.service == Service::DynamoDb && !call.is_table_write();
        world.faults().always(fault, is_read);
        assert_come_back(&world, &every_route(&world)[route]);
        assert!(receipts(&world).is_empty());
    }
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::Throttle)]
#[case(Fault::BlackHole)]
fn without_a_receipt_nothing_is_given(#[case] fault: Fault) {
    let routes = every_route(&world(1)).len();
    for route in 0..routes {
        let world = world(1);
        world.faults().always(fault, Call::is_table_write);
        let request = &every_route(&world)[route];
        assert_come_back(&world, request);
        assert!(receipts(&world).is_empty());
        world.faults().heal();
        assert_eq!(send(&world, request)["statusCode"], 200);
        assert_eq!(receipts(&world).len(), 1);
    }
}

#[test]
fn a_receipt_whose_acknowledgement_is_lost_is_there_once() {
    let routes = every_route(&world(1)).len();
    for route in 0..routes {
        let world = world(1);
        world
            .faults()
            .once(Fault::LoseAcknowledgement, Call::is_table_write);
        let answer = send(&world, &every_route(&world)[route]);
        assert_eq!(answer["statusCode"], 200);
        assert_eq!(receipts(&world).len(), 1);
    }
}

#[test]
fn of_a_batch_all_receipts_are_written_or_nothing_is_given() {
    let world = world(1);
    world.faults().always(Fault::Conflict, Call::is_table_write);
    let asked = batch(
        &world,
        &json!([{ "profile_id": JANE }, { "email": "jane@example.com" }]),
    );
    assert_come_back(&world, &asked);
    assert!(receipts(&world).is_empty());
}

#[test]
fn a_row_that_can_not_be_read_is_nobodys_answer() {
    let world = world(1);
    put_person(&world, JANE, "Jane", &json!({ "version": "three" }));
    assert_come_back(&world, &by_id(&world, JANE));
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour", "part": "agreement#letters", "partner": "chandlery", "terms": {},
        }),
    );
    assert_come_back(&world, &by_id(&world, JANE));
    assert!(receipts(&world).is_empty());
}

#[test]
fn while_the_keys_of_the_user_pool_can_not_be_read_nobody_is_let_in() {
    let world = world(1);
    world
        .faults()
        .always(Fault::Unavailable, |call| call.service == Service::Cognito);
    let answer = send(&world, &by_id(&world, JANE));
    assert_problem(&answer, 503, "unavailable", None);
    assert!(body(&answer).get("receipt_id").is_none());
}
