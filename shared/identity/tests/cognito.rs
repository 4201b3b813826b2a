//! Every kind of event that a user pool sends, read and given back as it came.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use identity::{
    LoginFacts,
    cognito::{MessageKind, Trigger, TriggerSource},
};
use rstest::rstest;
use serde_json::value::RawValue;

type Fields = BTreeMap<String, Box<RawValue>>;

fn raw(text: &str) -> Box<RawValue> {
    serde_json::from_str(text).unwrap()
}

fn texts(event: &str) -> Vec<(String, String)> {
    let fields: Fields = serde_json::from_str(event).unwrap();
    fields
        .into_iter()
        .map(|(name, value)| (name, value.get().to_owned()))
        .collect()
}

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/events")
        .join(name);
    fs::read_to_string(path).unwrap()
}

#[rstest]
fn every_sample_comes_back_to_the_byte(#[files("tests/events/*.json")] path: PathBuf) {
    let event = fs::read_to_string(path).unwrap();
    let trigger = Trigger::parse(&raw(&event)).unwrap();
    let answer = serde_json::to_string(&trigger.unchanged()).unwrap();
    assert_eq!(texts(&answer), texts(&event));
}

#[rstest]
#[case("cognito_pre_signup_self.json", TriggerSource::PreSignUpSelf)]
#[case("cognito_pre_signup_admin.json", TriggerSource::PreSignUpAdmin)]
#[case(
    "cognito_pre_signup_external_google.json",
    TriggerSource::PreSignUpExternal
)]
#[case(
    "cognito_pre_signup_external_saml.json",
    TriggerSource::PreSignUpExternal
)]
#[case(
    "cognito_post_confirmation_signup.json",
    TriggerSource::ConfirmedSignUp
)]
#[case(
    "cognito_post_confirmation_forgot_password.json",
    TriggerSource::ConfirmedForgotPassword
)]
#[case("cognito_pre_token_v1.json", TriggerSource::PersonToken)]
#[case("cognito_pre_token_v2.json", TriggerSource::PersonToken)]
#[case(
    "cognito_pre_token_v3_client_credentials.json",
    TriggerSource::MachineToken
)]
#[case("cognito_post_authentication.json", TriggerSource::SignedIn)]
#[case(
    "cognito_user_migration_authentication.json",
    TriggerSource::MigratedSignIn
)]
#[case(
    "cognito_user_migration_forgot_password.json",
    TriggerSource::MigratedForgotPassword
)]
#[case(
    "cognito_custom_message_forgot_password.json",
    TriggerSource::Message(MessageKind::ForgotPassword)
)]
#[case("cognito_define_auth_challenge.json", TriggerSource::Other)]
fn each_sample_is_told_by_its_source(#[case] name: &str, #[case] source: TriggerSource) {
    let trigger = Trigger::parse(&raw(&sample(name))).unwrap();
    assert_eq!(trigger.source, source);
}

#[test]
fn a_kind_of_messages_has_one_name() {
    for kind in MessageKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    for name in ["", "SignUp", "sign_up", "sign-up "] {
        assert!(name.parse::<MessageKind>().is_err(), "{name}");
    }
}

#[test]
fn a_machine_is_no_person_and_a_person_is_one() {
    let machine = sample("cognito_pre_token_v3_client_credentials.json");
    let trigger = Trigger::parse(&raw(&machine)).unwrap();
    assert_eq!(LoginFacts::from_attributes(&trigger.attributes), None);
    assert_eq!(
        trigger.client_id.as_deref(),
        Some("4example7clientid1example")
    );
    let person = Trigger::parse(&raw(&sample("cognito_pre_token_v2.json"))).unwrap();
    let facts = LoginFacts::from_attributes(&person.attributes).unwrap();
    assert_eq!(facts.proven().len(), 1);
    assert!(
        person
            .group_configuration
            .unwrap()
            .get()
            .contains("orders-readers")
    );
}

#[test]
fn what_is_printed_of_a_trigger_names_attributes_and_never_tells_them() {
    let trigger = Trigger::parse(&raw(&sample("cognito_pre_token_v2.json"))).unwrap();
    let printed = format!("{:?}", trigger.attributes);
    assert!(
        printed.contains("given_name") && !printed.contains("Ada"),
        "{printed}"
    );
    let facts = format!("{:?}", LoginFacts::from_attributes(&trigger.attributes));
    assert!(!facts.contains("ada@") && !facts.contains("Ada"), "{facts}");
}
