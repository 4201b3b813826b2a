//! The handler on a simulated AWS: whose profile is made, and where the next run goes on.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::{collections::BTreeSet, time::Duration};

use identity::{
    CognitoSub, FederatedLogin, IdentifierKey,
    aws::{Accounts, Linked, Logins, PasswordSource},
};
use identity_reconcile::{App, ReconcileError, Reconciled, handle};
use lambda_kit::{aws::CallBudget, redact::Redacted};
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Fault, World, engine::USER_POOL};

const LIMIT: Duration = Duration::from_secs(30);

fn world(users: usize) -> World {
    let world = World::new(1);
    for n in 0..users {
        confirmed(&world, n);
    }
    world
}

/// A person confirms their account, and no trigger runs.
fn confirmed(world: &World, n: usize) -> String {
    let pool = world.engines().user_pool();
    let user = pool
        .sign_up(&format!("jane-{n}@example.com"), "her own")
        .unwrap();
    pool.confirm(&user).unwrap();
    user
}

/// What a new process does.
fn run_within(world: &World, limit: Duration) -> Result<Reconciled, ReconcileError> {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let invocation = world.invocation(limit);
    world.block_on(handle(&app, &invocation))
}

fn run(world: &World) -> Result<Reconciled, ReconcileError> {
    run_within(world, LIMIT)
}

fn profiles(world: &World) -> usize {
    let rows = world.rows("profiles");
    rows.iter().filter(|row| row["part"] == "profile").count()
}

#[test]
fn who_has_no_profile_gets_one_and_who_has_one_keeps_it() {
    let world = world(3);
    let first = Reconciled {
        users: 3,
        made: 3,
        finished: true,
        ..Reconciled::default()
    };
    assert_eq!(run(&world).unwrap(), first);
    assert_eq!(profiles(&world), 3);
    let rows = world.rows("profiles");
    confirmed(&world, 3);
    assert_eq!(
        run(&world).unwrap(),
        Reconciled {
            users: 4,
            made: 1,
            ..first
        }
    );
    assert_eq!(profiles(&world), 4);
    for row in rows {
        assert!(world.rows("profiles").contains(&row), "{row}");
    }
    assert!(world.rows("ledger").is_empty());
}

#[test]
fn a_profile_that_is_made_here_is_told_of_as_any_other() {
    let world = world(1);
    run(&world).unwrap();
    let rows = world.rows("profiles");
    let outbox = rows.iter().find(|row| row["event"].is_string()).unwrap();
    let event: Value = serde_json::from_str(outbox["event"].as_str().unwrap()).unwrap();
    assert_eq!(event["type"], "dev.fairlead.profile.created.v1");
    assert_eq!(
        event["data"]["identifiers"],
        json!(["email", "cognito_sub"])
    );
}

#[test]
fn a_user_of_another_provider_gets_a_profile_and_who_can_not_sign_in_gets_none() {
    let world = World::new(1);
    let pool = world.engines().user_pool();
    pool.add_provider("Google", "Google", &["email"]);
    let attributes = [("email", "jane@example.com"), ("email_verified", "false")];
    pool.sign_up_federated("Google", "108", &attributes)
        .unwrap();
    pool.sign_up("unconfirmed@example.com", "her own").unwrap();
    let done = run(&world).unwrap();
    assert_eq!((done.users, done.made), (2, 1));
    assert_eq!(profiles(&world), 1);
}

/// The identifiers of that kind that point at somebody.
fn of_kind(world: &World, kind: &str) -> usize {
    let begin = format!("{kind}#");
    let rows = world.rows("identifiers").into_iter();
    rows.filter(|row| row["identifier"].as_str().unwrap().starts_with(&begin))
        .count()
}

#[test]
fn a_contact_that_was_verified_since_is_taken_over_once() {
    let world = world(2);
    run(&world).unwrap();
    let pool = world.engines().user_pool();
    let jane = pool.users().remove(0)["username"]
        .as_str()
        .unwrap()
        .to_owned();
    pool.set_attribute(&jane, "phone_number", "+4930901820");
    assert_eq!(run(&world).unwrap().renewed, 1);
    assert_eq!(of_kind(&world, "phone"), 0);
    pool.set_attribute(&jane, "phone_number_verified", "true");
    assert_eq!(run(&world).unwrap().renewed, 1);
    assert_eq!(of_kind(&world, "phone"), 1);
    let done = run(&world).unwrap();
    assert_eq!((done.users, done.made, done.renewed), (2, 0, 0));
}

#[test]
fn a_login_at_a_provider_that_was_linked_or_taken_off_since_is_taken_over() {
    let world = world(1);
    run(&world).unwrap();
    let pool = world.engines().user_pool();
    pool.add_provider("Google", "Google", &["email", "email_verified"]);
    let sdk = world.sdk_config(&CallBudget::COGNITO);
    let passwords = PasswordSource::from_fn(|| Some([7; 32]));
    let accounts = Accounts::new(&sdk, world.clock(), passwords);
    let attributes = json!({ "email": "jane-0@example.com", "email_verified": "true" });
    let attributes = serde_json::from_value(attributes).unwrap();
    let never = async |_: &CognitoSub, _: &FederatedLogin| Ok(false);
    let linking = accounts.link(USER_POOL, "google_108", &attributes, never);
    assert_eq!(world.block_on(linking).unwrap(), Linked::ToNativeUser);
    assert_eq!(run(&world).unwrap().renewed, 1);
    assert_eq!(of_kind(&world, "social"), 1);
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let google = FederatedLogin {
        provider: "Google".to_owned(),
        subject: Redacted::new("108".to_owned()),
    };
    let jane = Redacted::new(pool.signed_in("Google", "108").unwrap());
    let logins = Logins::new(&sdk, USER_POOL, key);
    world.block_on(logins.take_off(&jane, &google)).unwrap();
    assert_eq!(run(&world).unwrap().renewed, 1);
    assert_eq!(of_kind(&world, "social"), 0);
    assert_eq!(profiles(&world), 1);
}

#[test]
fn who_is_in_order_costs_one_read() {
    let world = world(3);
    run(&world).unwrap();
    let before = world.trace().len();
    run(&world).unwrap();
    let calls = world.trace().split_off(before).into_iter();
    let of_people = calls.filter(|call| call.call.input["TableName"] != "ledger");
    let operations: Vec<String> = of_people.map(|call| call.call.operation).collect();
    let looking = ["Query"; 4];
    assert_eq!(operations[..4], looking);
    assert_eq!(
        operations[4..],
        ["ListUsers", "GetItem", "GetItem", "GetItem"]
    );
}

#[test]
fn a_login_that_was_erased_stays_without_a_profile() {
    let world = world(1);
    run(&world).unwrap();
    let mut login = world
        .rows("identifiers")
        .into_iter()
        .find(|row| row["login_digest"].is_string())
        .unwrap();
    let row =
        json!({ "identifier": login["identifier"].take(), "erased_at": "2026-01-15T09:00:00Z" });
    world.put_row("identifiers", row);
    assert_eq!(run(&world).unwrap().made, 0);
}

#[test]
fn a_run_without_time_leaves_the_place_to_the_next() {
    let world = world(130);
    let all: Vec<Reconciled> = (0..3)
        .map(|_| run_within(&world, Duration::from_secs(5)).unwrap())
        .collect();
    let seen: Vec<(u64, bool)> = all.iter().map(|run| (run.users, run.finished)).collect();
    assert_eq!(seen, [(60, false), (60, false), (10, true)]);
    assert_eq!(profiles(&world), 130);
    let next = run_within(&world, Duration::from_secs(5)).unwrap();
    assert_eq!((next.users, next.made), (60, 0));
}

#[test]
fn all_pages_are_gone_through_while_there_is_time() {
    let world = world(130);
    let done = run(&world).unwrap();
    assert_eq!((done.users, done.made, done.finished), (130, 130, true));
}

#[test]
fn pages_are_asked_for_slowly_enough_to_leave_calls_to_those_who_sign_in() {
    let world = world(130);
    run(&world).unwrap();
    let asked = world.trace().into_iter();
    let asked: Vec<_> = asked
        .filter(|call| call.call.operation == "ListUsers")
        .collect();
    assert_eq!(asked.len(), 3);
    for pair in asked.windows(2) {
        let pause = pair[1].at.duration_since(pair[0].at);
        assert!(pause.as_millis() >= 200, "{pause}");
    }
}

/// So whoever's user was deleted, and who signs up anew, has their record again.
#[test]
fn another_user_who_proved_the_same_address_is_the_same_person() {
    let world = world(1);
    run(&world).unwrap();
    let address = world.engines().user_pool().users().remove(0)["attributes"]["email"].clone();
    let pool = world.engines().user_pool();
    pool.add_provider("Google", "Google", &["email", "email_verified"]);
    let attributes = [
        ("email", address.as_str().unwrap()),
        ("email_verified", "true"),
    ];
    pool.sign_up_federated("Google", "108", &attributes)
        .unwrap();
    run(&world).unwrap();
    let rows = world.rows("identifiers").into_iter();
    let roots: BTreeSet<String> = rows.map(|row| row["profile_id"].to_string()).collect();
    assert_eq!(roots.len(), 1);
}

#[test]
fn a_place_that_cognito_does_not_know_any_more_is_the_beginning() {
    let world = world(1);
    world.put_row(
        "ledger",
        json!({ "key": "identity-reconcile#cursor", "next": "forgotten", "version": 7, "expires_at": 1_900_000_000 }),
    );
    let done = run(&world).unwrap();
    assert_eq!((done.made, done.finished), (1, true));
    let cursor = world.rows("ledger").remove(0);
    assert_eq!(
        (&cursor["next"], &cursor["version"]),
        (&Value::Null, &json!(8))
    );
}

#[rstest]
#[case("ListUsers")]
#[case("GetItem")]
#[case("TransactWriteItems")]
fn while_a_service_is_down_nobody_is_passed_over(#[case] operation: &'static str) {
    let world = world(70);
    run_within(&world, Duration::from_secs(5)).unwrap();
    world
        .faults()
        .always(Fault::Unavailable, move |call| call.operation == operation);
    assert!(run(&world).is_err());
    world.faults().heal();
    let done = run(&world).unwrap();
    assert_eq!((done.users, done.finished), (10, true));
    assert_eq!(profiles(&world), 70);
}

#[test]
fn two_runs_at_once_make_each_profile_once() {
    let world = world(20);
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = || App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let (one, other) = (app(), app());
    let invocation = world.invocation(LIMIT);
    world.block_on(async {
        let both = tokio::join!(handle(&one, &invocation), handle(&other, &invocation));
        assert!(both.0.is_ok() && both.1.is_ok());
    });
    assert_eq!(profiles(&world), 20);
}
