//! The handler on a simulated AWS: what is on record of a sign-in, and that nothing keeps anybody
//! from signing in.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use event::Cause;
use identity::{IdentifierKey, LoginFacts};
use identity_post_authentication::{App, handle};
use lambda_kit::aws::CallBudget;
use profile::ProfileStore;
use rstest::rstest;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Call, Fault, World};

/// Cognito gives a trigger so long.
const LIMIT: Duration = Duration::from_secs(5);

fn sign_in() -> Value {
    let text = include_str!("../events/cognito_post_authentication.json");
    serde_json::from_str(text).unwrap()
}

/// A world in which the sample event's client belongs to the tenant `harbour`, and its person has a
/// profile.
fn world(seed: u64) -> World {
    let world = World::new(seed);
    world.put_row(
        "directory",
        json!({ "tenant": "client#4example7clientid1example", "part": "client", "owner_tenant": "harbour" }),
    );
    let sdk = world.sdk_config(&CallBudget::COGNITO);
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let (clock, ids) = (world.clock(), world.ids());
    let rules = profile::RulesReader::new(&sdk, "directory", world.clock());
    let store = ProfileStore::new(&sdk, "profiles", "identifiers", key, rules, clock, ids);
    let attributes = sign_in()["request"]["userAttributes"].clone();
    let facts = LoginFacts::from_attributes(&serde_json::from_value(attributes).unwrap());
    let cause = Cause {
        request_id: "sign-up".to_owned(),
    };
    world
        .block_on(store.ensure(&facts.unwrap(), None, &cause))
        .unwrap();
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

/// When the person signed in last, in milliseconds since the epoch.
fn last(world: &World) -> Option<i64> {
    let logins = parts(world, "login#");
    assert!(logins.len() <= 1, "{logins:?}");
    logins.first()?["signed_in_at"].as_i64()
}

/// The sign-ins that were told of.
fn told(world: &World) -> Vec<Value> {
    let events = parts(world, "outbox#").into_iter();
    let events = events.map(|row| serde_json::from_str(row["event"].as_str().unwrap()).unwrap());
    events
        .filter(|event: &Value| event["type"] == "dev.fairlead.profile.signed-in.v1")
        .collect()
}

#[test]
fn a_sign_in_is_on_record_and_told_of_and_the_event_comes_back() {
    let world = world(1);
    world.advance(Duration::from_mins(1));
    assert_eq!(world.block_on(answer(&world, &sign_in())), sign_in());
    assert!(last(&world).is_some());
    let told = told(&world);
    assert_eq!(told.len(), 1);
    let profile = &parts(&world, "profile")[0];
    assert_eq!(told[0]["subject"], profile["profile_id"]);
    assert_eq!(told[0]["data"]["tenant_id"], "harbour");
    assert_eq!(profile["tenants"], json!(["harbour"]));
    assert_eq!(profile["version"], 2);
}

#[test]
fn whoever_comes_to_another_tenant_deals_with_both_and_coming_again_is_no_news() {
    let world = world(1);
    world.block_on(answer(&world, &sign_in()));
    world.advance(Duration::from_mins(1));
    world.block_on(answer(&world, &sign_in()));
    let profile = &parts(&world, "profile")[0];
    assert_eq!(
        (&profile["version"], &profile["parts"]),
        (&json!(2), &json!(1))
    );
    world.put_row(
        "directory",
        json!({ "tenant": "client#4example7clientid1example", "part": "client", "owner_tenant": "airport" }),
    );
    world.advance(Duration::from_mins(1));
    world.block_on(answer(&world, &sign_in()));
    let profile = &parts(&world, "profile")[0];
    assert_eq!(profile["tenants"], json!(["airport", "harbour"]));
    assert_eq!(profile["version"], 3);
    assert_eq!(told(&world).len(), 3);
}

#[test]
fn a_trigger_that_cognito_repeats_is_one_sign_in_and_a_later_one_another() {
    let world = world(1);
    for _ in 0..3 {
        world.block_on(answer(&world, &sign_in()));
        world.advance(Duration::from_secs(5));
    }
    assert_eq!(told(&world).len(), 1);
    let first = last(&world);
    world.advance(Duration::from_mins(1));
    world.block_on(answer(&world, &sign_in()));
    assert_eq!(told(&world).len(), 2);
    assert!(last(&world) > first);
}

#[test]
fn a_sign_in_lies_with_its_login_and_is_told_of_whom_it_leads_to() {
    let world = world(1);
    let mut profile = parts(&world, "profile").remove(0);
    let member = profile["profile_id"].clone();
    let root = json!("prf_00000000000070008000000000000001");
    let login = world.rows("identifiers").into_iter();
    for mut row in login {
        row["profile_id"] = root.clone();
        world.put_row("identifiers", row);
    }
    let mut older = profile.clone();
    older["profile_id"] = root.clone();
    profile["closed"] = "merged".into();
    profile["merged_into"] = root.clone();
    world.put_row("profiles", profile);
    world.put_row("profiles", older);
    world.block_on(answer(&world, &sign_in()));
    assert_eq!(parts(&world, "login#")[0]["profile_id"], member);
    assert_eq!(told(&world)[0]["subject"], root);
    for profile in parts(&world, "profile") {
        assert_eq!(profile["tenants"], json!(["harbour"]));
        let own = &profile["own_standing"];
        assert_eq!(own.is_object(), profile["profile_id"] == root);
    }
}

#[test]
fn two_runs_at_once_make_one_record() {
    for seed in 1..=20 {
        let world = world(seed);
        let event = sign_in();
        world.block_on(async { tokio::join!(answer(&world, &event), answer(&world, &event)) });
        assert_eq!(told(&world).len(), 1, "seed {seed}");
    }
}

#[test]
fn a_run_that_is_late_leaves_a_later_sign_in_as_it_is() {
    let world = world(1);
    world.block_on(answer(&world, &sign_in()));
    let mut row = parts(&world, "login#").remove(0);
    row["signed_in_at"] = (row["signed_in_at"].as_i64().unwrap() + 3_600_000).into();
    world.put_row("profiles", row.clone());
    world.advance(Duration::from_mins(1));
    world.block_on(answer(&world, &sign_in()));
    assert_eq!(last(&world), row["signed_in_at"].as_i64());
    assert_eq!(told(&world).len(), 1);
}

#[test]
fn a_person_without_a_profile_signs_in_unrecorded() {
    let world = World::new(1);
    assert_eq!(world.block_on(answer(&world, &sign_in())), sign_in());
    assert!(world.rows("profiles").is_empty());
}

#[rstest]
#[case("merged")]
#[case("erased")]
fn a_closed_profile_takes_no_sign_in_and_the_person_signs_in(#[case] closed: &str) {
    let world = world(1);
    let mut profile = parts(&world, "profile").remove(0);
    profile["closed"] = closed.into();
    world.put_row("profiles", profile);
    assert_eq!(world.block_on(answer(&world, &sign_in())), sign_in());
    assert_eq!(last(&world), None);
    assert!(told(&world).is_empty());
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::Throttle)]
#[case(Fault::BlackHole)]
#[case(Fault::LoseAcknowledgement)]
fn a_person_signs_in_while_dynamodb_is_down(#[case] fault: Fault) {
    let world = world(1);
    world.faults().always(fault, |_| true);
    let event = sign_in();
    let answered = async { tokio::time::timeout(LIMIT, answer(&world, &event)).await };
    assert_eq!(world.block_on(answered), Ok(sign_in()));
    world.faults().heal();
    world.advance(Duration::from_mins(1));
    world.block_on(answer(&world, &sign_in()));
    assert!(last(&world).is_some());
}

#[test]
fn a_lost_answer_is_no_second_sign_in() {
    let world = world(1);
    world
        .faults()
        .once(Fault::LoseAcknowledgement, Call::is_table_write);
    world.block_on(answer(&world, &sign_in()));
    assert_eq!(told(&world).len(), 1);
}

#[rstest]
#[case("PostAuthentication_SomethingNew", json!({ "sub": "jane" }))]
#[case("PostAuthentication_Authentication", json!({}))]
fn what_is_no_persons_sign_in_passes_without_a_call(#[case] source: &str, #[case] of: Value) {
    let world = World::new(1);
    let mut event = sign_in();
    event["triggerSource"] = source.into();
    event["request"]["userAttributes"] = of;
    assert_eq!(world.block_on(answer(&world, &event)), event);
    assert!(world.trace().is_empty());
}
