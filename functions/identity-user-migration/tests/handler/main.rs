//! The handler on a simulated directory: who is brought over, and what they are told who are not.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use identity::cognito::TriggerFailure;
use identity_user_migration::{App, BUDGET, handle};
use lambda_kit::config::Environment;
use rstest::rstest;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{
    Fault, World, canary::assert_discreet, engine::resource_environment, printed::Printed,
};

const JANE: &str = "jane@example.com";

/// Somebody of whom nothing that is printed may have anything, their password least of all.
const SECRETIVE: &str = "mail@canary.example";
const PASSWORD: &str = "canary-password";

fn world() -> World {
    let world = World::new(1);
    let answer = json!({
        "email": "Jane@Example.com",
        "email_verified": true,
        "given_name": "Jane",
        "locale": null,
        "shoe_size": 38,
    });
    world.engines().put_legacy_person(JANE, "her own", &answer);
    world
}

fn event(source: &str, username: &str, password: Option<&str>) -> Value {
    json!({
        "version": "1",
        "triggerSource": source,
        "userPoolId": "eu-central-1_EXAMPLE01",
        "userName": username,
        "callerContext": { "awsSdkVersion": "x", "clientId": "web" },
        "request": { "password": password, "validationData": null, "clientMetadata": null },
        "response": { "userAttributes": null, "finalUserStatus": null, "messageAction": null },
    })
}

fn sign_in(username: &str, password: &str) -> Value {
    event("UserMigration_Authentication", username, Some(password))
}

async fn ask(world: &World, event: &Value) -> Result<Value, TriggerFailure> {
    let app = App::new(&world.environment(), &world.sdk_config(&BUDGET)).unwrap();
    let event = to_raw_value(event).unwrap();
    let answer = handle(&app, &event).await?;
    Ok(serde_json::to_value(answer).unwrap()["response"].take())
}

fn answer(world: &World, event: &Value) -> Result<Value, TriggerFailure> {
    world.block_on(ask(world, event))
}

#[test]
fn whoever_signs_in_with_their_old_password_keeps_it() {
    let response = json!({
        "userAttributes": { "email": JANE, "email_verified": "true", "given_name": "Jane" },
        "finalUserStatus": "CONFIRMED",
        "messageAction": "SUPPRESS",
        "forceAliasCreation": false,
    });
    assert_eq!(answer(&world(), &sign_in(JANE, "her own")), Ok(response));
}

#[test]
fn whoever_forgot_their_password_chooses_a_new_one() {
    let forgot = event("UserMigration_ForgotPassword", JANE, None);
    let response = answer(&world(), &forgot).unwrap();
    assert_eq!(response["userAttributes"]["email"], JANE);
    assert_eq!(response.get("finalUserStatus"), None);
}

#[rstest]
#[case(sign_in(JANE, "another"))]
#[case(sign_in("joan@example.com", "her own"))]
#[case(event("UserMigration_ForgotPassword", "joan@example.com", None))]
fn nobody_learns_whether_the_name_or_the_password_was_wrong(#[case] event: Value) {
    let refused = answer(&world(), &event).unwrap_err();
    assert_eq!(refused, TriggerFailure::UnknownPerson);
    assert_eq!(refused.to_string(), "Incorrect username or password.");
}

#[test]
fn the_directory_can_not_put_somebody_into_another_account() {
    let world = world();
    let other = json!({ "email": "joan@example.com", "email_verified": true });
    world.engines().put_legacy_person(JANE, "her own", &other);
    let refused = answer(&world, &sign_in(JANE, "her own"));
    assert_eq!(refused, Err(TriggerFailure::UnknownPerson));
}

#[test]
fn what_cognito_would_not_take_is_left_behind_and_the_person_comes_over() {
    let world = world();
    let told = json!({
        "email": JANE,
        "email_verified": true,
        "phone_number": "030 901820",
        "phone_number_verified": true,
        "given_name": "x".repeat(2_049),
        "family_name": "Doe",
    });
    world.engines().put_legacy_person(JANE, "her own", &told);
    let attributes = answer(&world, &sign_in(JANE, "her own")).unwrap()["userAttributes"].take();
    let left = json!({ "email": JANE, "email_verified": "true", "family_name": "Doe" });
    assert_eq!(attributes, left);
    let grouped = json!({ "email": JANE, "phone_number": "+49 30 901820" });
    world.engines().put_legacy_person(JANE, "her own", &grouped);
    let attributes = answer(&world, &sign_in(JANE, "her own")).unwrap()["userAttributes"].take();
    assert_eq!(attributes["phone_number"], "+4930901820");
}

#[rstest]
#[case(json!(true))]
#[case(json!(false))]
#[case(json!(null))]
#[case(json!("true"))]
fn a_telephone_number_comes_over_unproven_whatever_the_directory_says(#[case] verified: Value) {
    let world = world();
    let told = json!({
        "email": JANE,
        "phone_number": "+4930901820",
        "phone_number_verified": verified,
    });
    world.engines().put_legacy_person(JANE, "her own", &told);
    let forgot = event("UserMigration_ForgotPassword", JANE, None);
    for event in [sign_in(JANE, "her own"), forgot] {
        assert_eq!(
            answer(&world, &event).unwrap()["userAttributes"],
            json!({
                "email": JANE,
                "email_verified": "false",
                "phone_number": "+4930901820",
                "phone_number_verified": "false",
            })
        );
    }
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::Throttle)]
#[case(Fault::BlackHole)]
#[case(Fault::LoseAcknowledgement)]
fn while_the_directory_is_down_a_person_is_asked_to_come_again(#[case] fault: Fault) {
    let world = world();
    world.faults().always(fault, |_| true);
    let answered = async {
        tokio::time::timeout(
            Duration::from_secs(5),
            ask(&world, &sign_in(JANE, "her own")),
        )
        .await
    };
    assert_eq!(
        world.block_on(answered),
        Ok(Err(TriggerFailure::Unavailable))
    );
    // A repetition of a wrong password would count against the person.
    assert_eq!(world.trace().len(), 1);
}

#[test]
fn an_answer_that_is_none_brings_nobody_over() {
    let world = world();
    world
        .engines()
        .put_legacy_person(JANE, "her own", &json!({ "mail": JANE }));
    let refused = answer(&world, &sign_in(JANE, "her own"));
    assert_eq!(refused, Err(TriggerFailure::Unavailable));
}

/// What a function finds that knows the directory's secret as `secret`.
fn with_secret(secret: &str) -> Environment {
    let mut variables = resource_environment();
    variables.retain(|(name, _)| name != "LEGACY_DIRECTORY_SECRET");
    variables.push(("LEGACY_DIRECTORY_SECRET".to_owned(), secret.to_owned()));
    Environment::from_pairs(variables)
}

#[test]
fn a_secret_that_the_directory_does_not_take_is_no_fault_of_the_persons() {
    let world = world();
    let environment = with_secret("wrong");
    let app = App::new(&environment, &world.sdk_config(&BUDGET)).unwrap();
    let event = to_raw_value(&sign_in(JANE, "her own")).unwrap();
    let refused = world.block_on(handle(&app, &event)).unwrap_err();
    assert_eq!(refused, TriggerFailure::Unavailable);
}

#[test]
fn a_password_goes_to_no_address_without_tls() {
    let variables = [
        ("LEGACY_DIRECTORY_URL", "http://legacy.example.com"),
        ("LEGACY_DIRECTORY_SECRET", "secret"),
    ];
    let sdk = World::new(1).sdk_config(&BUDGET);
    let error = App::new(&Environment::from_pairs(variables), &sdk).unwrap_err();
    assert!(
        error.to_string().contains("LEGACY_DIRECTORY_URL"),
        "{error}"
    );
}

#[test]
fn an_unknown_source_makes_no_call() {
    let world = world();
    let mut unknown = sign_in(JANE, "her own");
    unknown["triggerSource"] = "UserMigration_SomethingNew".into();
    assert_eq!(answer(&world, &unknown), Ok(unknown["response"].take()));
    assert!(world.trace().is_empty());
}

/// What comes of a question about the secretive person.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    /// Their password is right.
    Right,
    /// It is not.
    Wrong,
    /// Nobody is known by that name.
    Nobody,
    /// The answer is no person, and repeats what was asked.
    Nonsense,
    /// The answer is about somebody else.
    SomebodyElse,
    /// The directory does not take the secret.
    NoSecret,
    /// The call fails.
    Failed(Fault),
}

/// A directory by which that comes of it.
fn world_with(outcome: Outcome) -> World {
    let world = World::new(1);
    let knows = |password: &str, answer: &Value| {
        world
            .engines()
            .put_legacy_person(SECRETIVE, password, answer);
    };
    let person = json!({
        "email": SECRETIVE,
        "given_name": "Canary",
        // What is left behind is told.
        "phone_number": "30901820",
    });
    match outcome {
        Outcome::Right | Outcome::NoSecret => knows(PASSWORD, &person),
        Outcome::Wrong => knows("another", &person),
        Outcome::Nobody => {}
        Outcome::Nonsense => knows(PASSWORD, &json!({ "email": { "password": PASSWORD } })),
        Outcome::SomebodyElse => knows(PASSWORD, &json!({ "email": "other@canary.example" })),
        Outcome::Failed(fault) => {
            knows(PASSWORD, &person);
            world.faults().always(fault, |_| true);
        }
    }
    world
}

#[rstest]
#[case(Outcome::Right, Ok(()), "a telephone number is left behind")]
#[case(Outcome::Wrong, Err(TriggerFailure::UnknownPerson), "")]
#[case(Outcome::Nobody, Err(TriggerFailure::UnknownPerson), "")]
#[case(
    Outcome::Nonsense,
    Err(TriggerFailure::Unavailable),
    "UnreadableAnswer"
)]
#[case(
    Outcome::SomebodyElse,
    Err(TriggerFailure::UnknownPerson),
    "somebody else than was asked for"
)]
#[case(Outcome::NoSecret, Err(TriggerFailure::Unavailable), "Status403")]
#[case(
    Outcome::Failed(Fault::Unavailable),
    Err(TriggerFailure::Unavailable),
    "nobody can be brought over now"
)]
#[case(
    Outcome::Failed(Fault::Throttle),
    Err(TriggerFailure::Unavailable),
    "nobody can be brought over now"
)]
#[case(
    Outcome::Failed(Fault::BlackHole),
    Err(TriggerFailure::Unavailable),
    "nobody can be brought over now"
)]
#[case(
    Outcome::Failed(Fault::LoseAcknowledgement),
    Err(TriggerFailure::Unavailable),
    "nobody can be brought over now"
)]
fn nothing_personal_is_printed_or_returned_whatever_comes_of_it(
    #[case] outcome: Outcome,
    #[case] expected: Result<(), TriggerFailure>,
    #[case] told: &str,
) {
    let world = world_with(outcome);
    let environment = match outcome {
        Outcome::NoSecret => with_secret("canary-secret"),
        _ => world.environment(),
    };
    let event = to_raw_value(&sign_in(SECRETIVE, PASSWORD)).unwrap();
    let printed = Printed::default();
    let answered = printed.during(|| {
        let app = App::new(&environment, &world.sdk_config(&BUDGET)).unwrap();
        world.block_on(handle(&app, &event)).map(drop)
    });
    assert_eq!(answered, expected);
    let lines = String::from_utf8(printed.bytes()).unwrap();
    // Where something is told, it is among what is searched.
    assert!(lines.contains(told), "{lines}");
    let returned = answered
        .err()
        .map(|failure| format!("{failure} {failure:?}"));
    assert_discreet([&lines].into_iter().chain(&returned));
}
