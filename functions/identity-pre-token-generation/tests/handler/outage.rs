use std::time::Duration;

use jiff::SignedDuration;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Fault, World};

use crate::{LIMIT, answer, app, claims, login_key, machine, parts, person, person_v2, world};

/// The answer, given in the time that Cognito waits.
fn answer_in_time(world: &World, app: &identity_pre_token_generation::App, event: &Value) -> Value {
    let begun = world.clock().now();
    let answer = answer(world, app, event);
    let taken = world.clock().now().duration_since(begun);
    assert!(
        taken < SignedDuration::try_from(LIMIT).unwrap(),
        "it took {taken}"
    );
    answer
}

/// A world in which the sample's person has a profile.
fn known_person() -> World {
    let world = world(1);
    answer(&world, &app(&world), &person_v2());
    world
}

fn is_about(call: &testkit::Call, table: &str) -> bool {
    call.input["TableName"] == table
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::Throttle)]
#[case(Fault::BlackHole)]
#[case(Fault::LoseAcknowledgement)]
#[case(Fault::Delay(Duration::from_mins(1)))]
fn a_returning_person_signs_in_without_claims_while_dynamodb_is_down(#[case] fault: Fault) {
    let world = known_person();
    world.faults().always(fault, |_| true);
    let event = person_v2();
    assert_eq!(answer_in_time(&world, &app(&world), &event), event);
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::BlackHole)]
fn a_new_person_signs_in_and_gets_their_profile_the_next_time(#[case] fault: Fault) {
    let world = world(1);
    world.faults().always(fault, testkit::Call::is_table_write);
    let app = app(&world);
    let early = answer_in_time(&world, &app, &person_v2());
    assert_eq!(claims(&early), &json!({ "fairlead:tenant": "harbour" }));
    world.faults().heal();
    let late = answer(&world, &app, &person_v2());
    assert_eq!(
        claims(&late)["fairlead:profile"],
        parts(&world, "profile")[0]["profile_id"]
    );
}

#[test]
fn the_tenant_is_remembered_while_the_directory_can_not_be_read() {
    let world = world(1);
    let app = app(&world);
    answer(&world, &app, &person_v2());
    world.advance(Duration::from_hours(1));
    world.faults().always(Fault::Unavailable, |_| true);
    let answer = answer_in_time(&world, &app, &person_v2());
    assert_eq!(claims(&answer), &json!({ "fairlead:tenant": "harbour" }));
}

#[test]
fn a_machine_gets_no_claim_while_the_directory_was_never_read() {
    let world = world(1);
    world
        .faults()
        .always(Fault::BlackHole, |call| is_about(call, "directory"));
    assert_eq!(answer_in_time(&world, &app(&world), &machine()), machine());
}

#[test]
fn the_profile_does_not_depend_on_the_directory() {
    let world = known_person();
    world
        .faults()
        .always(Fault::BlackHole, |call| is_about(call, "directory"));
    let answer = answer_in_time(&world, &app(&world), &person_v2());
    assert_eq!(
        claims(&answer),
        &json!({ "fairlead:profile": parts(&world, "profile")[0]["profile_id"] })
    );
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::BlackHole)]
#[case(Fault::Conflict)]
fn news_that_can_not_be_written_wait_for_the_next_sign_in(#[case] fault: Fault) {
    let world = known_person();
    world.faults().always(fault, testkit::Call::is_table_write);
    let news = person(&json!({ "email": "ada@elsewhere.example" }));
    let app = app(&world);
    let early = answer_in_time(&world, &app, &news);
    let known = &parts(&world, "profile")[0];
    assert_eq!(claims(&early)["fairlead:profile"], known["profile_id"]);
    assert_eq!(known["version"], 1);
    world.faults().heal();
    answer(&world, &app, &news);
    assert_eq!(
        parts(&world, "profile")[0]["fields"]["email"]["value"],
        "ada@elsewhere.example"
    );
}

#[test]
fn a_row_that_can_not_be_read_costs_its_claim_alone() {
    let world = world(1);
    world.put_row(
        "identifiers",
        json!({ "identifier": login_key(&world), "profile_id": "not an id" }),
    );
    let answer = answer_in_time(&world, &app(&world), &person_v2());
    assert_eq!(claims(&answer), &json!({ "fairlead:tenant": "harbour" }));
    assert!(world.rows("profiles").is_empty());
}
