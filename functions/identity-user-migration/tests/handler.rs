//! The handler on a simulated directory: who is brought over, and what they are told who are not.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::time::Duration;

use identity::cognito::TriggerFailure;
use identity_user_migration::{App, BUDGET, handle};
use lambda_kit::config::Environment;
use rstest::rstest;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Fault, World, engine::resource_environment};

const JANE: &str = "jane@example.com";

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

#[test]
fn a_secret_that_the_directory_does_not_take_is_no_fault_of_the_persons() {
    let world = world();
    let mut variables = resource_environment();
    variables.retain(|(name, _)| name != "LEGACY_DIRECTORY_SECRET");
    variables.push(("LEGACY_DIRECTORY_SECRET".to_owned(), "wrong".to_owned()));
    let environment = Environment::from_pairs(variables);
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
