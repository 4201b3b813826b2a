use identity::cognito::TriggerFailure;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::World;

use crate::{app, world};

fn sign_up(source: &str, attributes: &Value) -> Value {
    json!({
        "version": "1",
        "triggerSource": source,
        "userPoolId": "eu-central-1_EXAMPLE01",
        "callerContext": { "awsSdkVersion": "x", "clientId": "web" },
        "request": { "userAttributes": attributes, "validationData": null, "somethingNew": [1.0, 12_345_678_901_234_567_890_u64] },
        "response": { "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false },
    })
}

fn answer(world: &World, event: &Value) -> Result<Value, TriggerFailure> {
    world.block_on(crate::answer(&app(world), event))
}

#[test]
fn a_person_with_usable_contacts_may_sign_up_and_is_not_verified_by_it() {
    let world = world(1);
    let event = sign_up(
        "PreSignUp_SignUp",
        &json!({ "email": "jane@example.com", "phone_number": "+4930901820" }),
    );
    assert_eq!(answer(&world, &event), Ok(event));
    assert!(world.trace().is_empty());
}

#[rstest]
#[case(json!({ "email": "jane@" }), TriggerFailure::Email)]
#[case(json!({ "email": "jane@example.com", "phone_number": "030 901820" }), TriggerFailure::PhoneNumber)]
fn unusable_contacts_are_refused_in_words_for_the_person(
    #[case] attributes: Value,
    #[case] why: TriggerFailure,
) {
    let event = sign_up("PreSignUp_SignUp", &attributes);
    assert_eq!(answer(&world(1), &event), Err(why));
    assert!(why.to_string().starts_with("Please enter"));
}

#[rstest]
#[case("PreSignUp_AdminCreateUser")]
#[case("PreSignUp_SomethingNew")]
fn other_sources_pass_through_unharmed(#[case] source: &str) {
    let world = world(1);
    let event = sign_up(
        source,
        &json!({ "email": "not an address", "nothing": null }),
    );
    assert_eq!(answer(&world, &event), Ok(event));
    assert!(world.trace().is_empty());
}

#[rstest]
#[case(json!(["triggerSource"]))]
#[case(sign_up("PreSignUp_ExternalProvider", &json!({})))]
fn what_is_no_trigger_is_refused(#[case] event: Value) {
    assert_eq!(answer(&world(1), &event), Err(TriggerFailure::Unreadable));
}
