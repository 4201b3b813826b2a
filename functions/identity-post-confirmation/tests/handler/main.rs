//! The handler on a simulated AWS: who gets a profile by confirming their account, and that nothing
//! keeps anybody from confirming it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use identity_post_confirmation::{App, handle};
use lambda_kit::aws::CallBudget;
use rstest::rstest;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Fault, World};

/// Cognito gives a trigger so long.
const LIMIT: Duration = Duration::from_secs(5);

fn sign_up() -> Value {
    let text = include_str!("../events/cognito_post_confirmation_signup.json");
    serde_json::from_str(text).unwrap()
}

fn forgot_password() -> Value {
    let text = include_str!("../events/cognito_post_confirmation_forgot_password.json");
    serde_json::from_str(text).unwrap()
}

/// A world in which the sample events' client belongs to the tenant `harbour`.
fn world(seed: u64) -> World {
    let world = World::new(seed);
    world.put_row(
        "directory",
        json!({ "tenant": "client#4example7clientid1example", "part": "client", "owner_tenant": "harbour" }),
    );
    world
}

/// What a new process answers.
async fn answer(world: &World, event: &Value) -> Value {
    let sdk = world.sdk_config(&CallBudget::COGNITO);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(event).unwrap();
    let answer = handle(&app, &event, world.invocation(LIMIT)).await;
    serde_json::to_value(answer.unwrap()).unwrap()
}

/// The rows of the table `profiles` whose part begins like this.
fn parts(world: &World, prefix: &str) -> Vec<Value> {
    let mut rows = world.rows("profiles");
    rows.retain(|row| row["part"].as_str().unwrap().starts_with(prefix));
    rows
}

#[rstest]
#[case(sign_up())]
#[case(forgot_password())]
fn a_confirmed_person_has_a_profile_and_the_event_comes_back(#[case] event: Value) {
    let world = world(1);
    assert_eq!(world.block_on(answer(&world, &event)), event);
    assert_eq!(
        parts(&world, "profile")[0]["fields"]["email"]["value"],
        "ada@example.org"
    );
    let outbox = parts(&world, "outbox#");
    assert_eq!(outbox.len(), 1);
    let told: Value = serde_json::from_str(outbox[0]["event"].as_str().unwrap()).unwrap();
    assert_eq!(told["type"], "dev.fairlead.profile.created.v1");
    assert_eq!(told["data"]["tenant_id"], "harbour");
}

#[test]
fn confirming_again_changes_nothing() {
    let world = world(1);
    world.block_on(answer(&world, &sign_up()));
    let rows = world.rows("profiles");
    for event in [sign_up(), forgot_password(), sign_up()] {
        world.block_on(answer(&world, &event));
    }
    assert_eq!(world.rows("profiles"), rows);
}

#[test]
fn confirming_twice_at_once_makes_one_profile() {
    for seed in 1..=20 {
        let world = world(seed);
        let event = sign_up();
        world.block_on(async { tokio::join!(answer(&world, &event), answer(&world, &event)) });
        assert_eq!(parts(&world, "profile").len(), 1, "seed {seed}");
        assert_eq!(parts(&world, "outbox#").len(), 1, "seed {seed}");
    }
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::Throttle)]
#[case(Fault::BlackHole)]
#[case(Fault::Delay(Duration::from_mins(1)))]
fn a_person_confirms_their_account_while_dynamodb_is_down(#[case] fault: Fault) {
    let world = world(1);
    world.faults().always(fault, |_| true);
    let event = sign_up();
    let answered = async { tokio::time::timeout(LIMIT, Box::pin(answer(&world, &event))).await };
    assert_eq!(world.block_on(answered), Ok(sign_up()));
    world.faults().heal();
    world.block_on(answer(&world, &sign_up()));
    assert_eq!(parts(&world, "profile").len(), 1);
}

#[test]
fn an_unknown_source_makes_no_call() {
    let world = world(1);
    let mut event = sign_up();
    event["triggerSource"] = "PostConfirmation_SomethingNew".into();
    event["somethingNew"] = json!([1.0, null]);
    assert_eq!(world.block_on(answer(&world, &event)), event);
    assert!(world.trace().is_empty());
}

#[test]
fn someone_without_a_sub_passes_through_without_a_profile() {
    let world = world(1);
    let mut event = sign_up();
    event["request"]["userAttributes"] = json!({});
    assert_eq!(world.block_on(answer(&world, &event)), event);
    assert!(world.rows("profiles").is_empty());
}

#[test]
fn an_unverified_address_points_at_nobody() {
    let world = world(1);
    let mut event = sign_up();
    event["request"]["userAttributes"]["email_verified"] = "false".into();
    world.block_on(answer(&world, &event));
    let identifiers = world.rows("identifiers");
    assert_eq!(identifiers.len(), 1);
    let kind = identifiers[0]["identifier"].as_str().unwrap();
    assert!(kind.starts_with("cognito_sub#"), "{kind}");
}
