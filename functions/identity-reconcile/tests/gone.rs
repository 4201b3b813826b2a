//! The handler on a simulated AWS: what becomes of a login whose user is gone from the pool, and of the
//! person whose it was.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::time::Duration;

use identity_reconcile::{App, ReconcileError, Reconciled, handle};
use lambda_kit::aws::CallBudget;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Fault, World, engine::UserPool};

const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);

/// Jane signed up and has a profile.
fn world() -> (World, String) {
    let world = World::new(1);
    let jane = signs_up(&world);
    run(&world);
    (world, jane)
}

fn signs_up(world: &World) -> String {
    let jane = pool(world).sign_up("jane@example.com", "her own").unwrap();
    pool(world).confirm(&jane).unwrap();
    jane
}

fn pool(world: &World) -> &UserPool {
    world.engines().user_pool()
}

fn runs_within(world: &World, limit: Duration) -> Result<Reconciled, ReconcileError> {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let invocation = world.invocation(limit);
    world.block_on(handle(&app, &invocation))
}

fn run(world: &World) -> Reconciled {
    runs_within(world, Duration::from_secs(30)).unwrap()
}

/// The kinds of identifier that lead to somebody, each as often as it does.
fn kinds(world: &World) -> Vec<String> {
    let rows = world.rows("identifiers").into_iter();
    let key = rows.map(|row| row["identifier"].as_str().unwrap().to_owned());
    let mut kinds: Vec<String> = key
        .map(|key| key.split('#').next().unwrap().to_owned())
        .collect();
    kinds.sort();
    kinds
}

fn parts(world: &World, prefix: &str) -> Vec<Value> {
    let mut rows = world.rows("profiles");
    rows.retain(|row| row["part"].as_str().unwrap().starts_with(prefix));
    rows
}

/// To whom everything leads, if that is one person.
fn root(world: &World) -> Value {
    let mut roots: Vec<Value> = world
        .rows("identifiers")
        .into_iter()
        .map(|mut row| row["profile_id"].take())
        .collect();
    roots.dedup();
    assert_eq!(roots.len(), 1, "{roots:?}");
    roots.remove(0)
}

#[test]
fn a_login_whose_user_is_gone_is_taken_off_after_two_runs_and_the_person_stays() {
    let (world, jane) = world();
    let before = root(&world);
    pool(&world).delete(&jane);
    world.advance(DAY);
    let missed = run(&world);
    assert_eq!((missed.looked_for, missed.taken_off), (1, 0));
    assert_eq!(kinds(&world), ["cognito_sub", "email"]);
    world.advance(HOUR);
    let missed = run(&world);
    assert_eq!((missed.looked_for, missed.taken_off), (1, 1));
    assert_eq!(kinds(&world), ["email"]);
    assert_eq!(
        parts(&world, "identifier#cognito_sub#"),
        Vec::<Value>::new()
    );
    let marks = parts(&world, "taken-off#cognito_sub#");
    assert_eq!(marks.len(), 1, "that it was taken off, and when, stays");
    assert_eq!(root(&world), before);
    assert!(parts(&world, "profile")[0].get("closed").is_none());
    world.advance(HOUR);
    assert_eq!(run(&world).looked_for, 0);
}

#[test]
fn whoever_signs_up_anew_has_their_record_again() {
    let (world, jane) = world();
    let before = root(&world);
    pool(&world).delete(&jane);
    world.advance(DAY);
    run(&world);
    world.advance(HOUR);
    run(&world);
    signs_up(&world);
    run(&world);
    assert_eq!(kinds(&world), ["cognito_sub", "email"]);
    assert_eq!(root(&world), before);
}

#[test]
fn what_led_to_the_person_by_that_user_alone_goes_with_it_and_may_come_back() {
    let world = World::new(1);
    let attributes = [("email", "jane@example.com"), ("email_verified", "true")];
    pool(&world).add_provider("Google", "Google", &["email", "email_verified"]);
    let comes = || {
        let name = pool(&world).sign_up_federated("Google", "108", &attributes);
        run(&world);
        name.unwrap()
    };
    let jane = comes();
    let before = root(&world);
    assert_eq!(kinds(&world), ["cognito_sub", "email", "social"]);
    pool(&world).delete(&jane);
    world.advance(DAY);
    run(&world);
    world.advance(HOUR);
    assert_eq!(run(&world).taken_off, 1);
    assert_eq!(kinds(&world), ["email"]);
    assert_eq!(
        parts(&world, "taken-off#social#"),
        Vec::<Value>::new(),
        "nobody wished it away"
    );
    comes();
    assert_eq!(kinds(&world), ["cognito_sub", "email", "social"]);
    assert_eq!(root(&world), before);
}

#[test]
fn a_new_login_is_left_alone_for_a_day() {
    let (world, jane) = world();
    pool(&world).delete(&jane);
    world.advance(23 * HOUR);
    assert_eq!(run(&world).looked_for, 0);
}

#[test]
fn a_user_whom_the_pool_did_not_tell_of_for_a_while_keeps_their_login() {
    let (world, jane) = world();
    world.advance(DAY);
    pool(&world).list(&jane, false);
    assert_eq!(run(&world).looked_for, 1);
    assert_eq!(parts(&world, "identifier#cognito_sub#").len(), 1);
    pool(&world).list(&jane, true);
    world.advance(HOUR);
    assert_eq!(run(&world).looked_for, 1);
    let login = parts(&world, "identifier#cognito_sub#").remove(0);
    assert!(login.get("missed_at").is_none(), "it begins anew");
    assert_eq!(kinds(&world), ["cognito_sub", "email"]);
}

#[test]
fn the_second_attempt_of_a_run_is_no_second_run() {
    let (world, jane) = world();
    pool(&world).delete(&jane);
    world.advance(DAY);
    run(&world);
    assert_eq!(run(&world).looked_for, 0);
    assert_eq!(kinds(&world), ["cognito_sub", "email"]);
}

#[test]
fn whoever_is_there_is_looked_for_once_a_week_even_if_they_may_not_sign_in() {
    let (world, jane) = world();
    pool(&world).disable(&jane);
    world.advance(DAY);
    assert_eq!(run(&world).looked_for, 1);
    world.advance(6 * DAY);
    assert_eq!(run(&world).looked_for, 0);
    world.advance(DAY);
    let done = run(&world);
    assert_eq!((done.looked_for, done.taken_off), (1, 0));
    assert_eq!(kinds(&world), ["cognito_sub", "email"]);
}

#[rstest]
#[case::erasing("erasing")]
#[case::settling("settling")]
fn whoever_is_being_erased_or_settling_is_left_alone(#[case] closed: &str) {
    let (world, jane) = world();
    pool(&world).delete(&jane);
    world.advance(DAY);
    run(&world);
    let mut profile = parts(&world, "profile").remove(0);
    profile["closed"] = closed.into();
    world.put_row("profiles", profile);
    world.advance(HOUR);
    let done = run(&world);
    assert_eq!((done.looked_for, done.taken_off, done.left_on), (1, 0, 0));
    assert_eq!(kinds(&world), ["cognito_sub", "email"]);
}

/// The pool was asked, and did not say that there is no such user.
#[test]
fn a_pool_that_does_not_answer_has_lost_nobody() {
    let (world, _) = world();
    world.advance(DAY);
    for _ in 0..3 {
        world
            .faults()
            .always(Fault::Unavailable, |call| call.operation == "ListUsers");
        runs_within(&world, Duration::from_secs(30)).unwrap_err();
        world.faults().heal();
        world.advance(HOUR);
    }
    let login = parts(&world, "identifier#cognito_sub#").remove(0);
    assert!(login.get("missed_at").is_none());
    assert_eq!(run(&world).taken_off, 0);
    assert_eq!(kinds(&world), ["cognito_sub", "email"]);
}

#[test]
fn users_are_gone_through_even_if_no_login_can_be_looked_for() {
    let (world, _) = world();
    let bob = pool(&world).sign_up("bob@example.com", "his own").unwrap();
    pool(&world).confirm(&bob).unwrap();
    world.faults().always(Fault::Unavailable, |call| {
        call.input.get("IndexName") == Some(&json!("watched"))
    });
    runs_within(&world, Duration::from_mins(1)).unwrap_err();
    assert_eq!(parts(&world, "profile").len(), 2);
}

/// The one login made the root, and the other one a member of it.
#[rstest]
#[case::of_the_root(true, &["cognito_sub", "email", "social"])]
#[case::of_a_member(false, &["cognito_sub", "email"])]
fn of_a_person_of_two_logins_the_other_one_stays(#[case] is_root: bool, #[case] left: &[&str]) {
    let (world, jane) = world();
    let before = root(&world);
    pool(&world).add_provider("Google", "Google", &["email", "email_verified"]);
    let attributes = [("email", "jane@example.com"), ("email_verified", "true")];
    world.advance(HOUR);
    let google = pool(&world)
        .sign_up_federated("Google", "108", &attributes)
        .unwrap();
    run(&world);
    assert_eq!(
        kinds(&world),
        ["cognito_sub", "cognito_sub", "email", "social"]
    );
    pool(&world).delete(if is_root { &jane } else { &google });
    world.advance(DAY);
    run(&world);
    world.advance(HOUR);
    assert_eq!(run(&world).taken_off, 1);
    assert_eq!(kinds(&world), left);
    assert_eq!(root(&world), before);
}
