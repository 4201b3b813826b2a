//! The executable under Lambda's Runtime API: its answers, and what it prints.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::{MARKERS, assert_discreet, assert_names_what_is_missing},
    engine::{USER_POOL, variables},
    runtime_host::{FunctionError, RuntimeHost},
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_identity-pre-sign-up");
const VARIABLES: [&str; 3] = ["PROFILES_TABLE", "IDENTIFIERS_TABLE", "IDENTIFIER_KEY"];

fn host() -> RuntimeHost {
    let level = ("LOG_LEVEL".to_owned(), "trace".to_owned());
    let environment = variables(VARIABLES).into_iter().chain([level]);
    RuntimeHost::start(EXECUTABLE, environment).unwrap()
}

/// A sign-up whose every personal detail bears a marker.
fn sign_up() -> Value {
    json!({
        "version": "1",
        "region": "eu-central-1",
        "userPoolId": "eu-central-1_EXAMPLE01",
        "userName": "canary-user",
        "callerContext": { "awsSdkVersion": "x", "clientId": "web-client" },
        "triggerSource": "PreSignUp_SignUp",
        "request": {
            "userAttributes": {
                "email": "mail@canary.example",
                "phone_number": "+4930901820",
                "given_name": "Canary Given",
                "birthdate": "1903-02-01",
                "custom:unknown": "canary-unknown",
            },
            "validationData": { "inviteCode": "canary-invitation" },
            "clientMetadata": { "channel": "canary-channel" },
        },
        "response": { "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false },
    })
}

fn with(path: &str, value: &Value) -> Value {
    let mut event = sign_up();
    event.pointer_mut(path).unwrap().clone_from(value);
    event
}

#[test]
fn the_executable_lets_a_usable_sign_up_pass_and_confirms_nothing() {
    let host = host();
    assert_eq!(host.invoke(&sign_up()).unwrap(), sign_up());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn the_executable_links_a_login_of_another_provider() {
    let host = host();
    let pool = host.engines().user_pool();
    pool.add_provider("Google", "Google", &["email", "email_verified"]);
    let mut event = with("/triggerSource", &json!("PreSignUp_ExternalProvider"));
    event["userPoolId"] = USER_POOL.into();
    event["userName"] = "google_canary-subject".into();
    event["request"]["userAttributes"]["email_verified"] = "true".into();
    assert_eq!(host.invoke(&event).unwrap(), event);
    let users = pool.users();
    assert_eq!(users[0]["identities"], json!(["Google:canary-subject"]));
    assert_eq!(users.len(), 1);
    assert_discreet(&host.stop());
}

#[test]
fn nothing_personal_is_printed_when_a_login_can_not_be_linked() {
    let host = host();
    let mut event = with("/triggerSource", &json!("PreSignUp_ExternalProvider"));
    event["request"]["userAttributes"]["email_verified"] = "true".into();
    let Err(FunctionError::Returned { message, .. }) = host.invoke(&event) else {
        panic!("the pool of the event is not there");
    };
    let lines = host.stop();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("ResourceNotFoundException")),
        "{lines:?}"
    );
    assert_discreet(lines.iter().chain([&message]));
}

#[test]
fn a_refusal_reaches_the_person_and_quotes_nothing() {
    let host = host();
    let cases = [
        (
            "/request/userAttributes/email",
            json!("canary@"),
            "Please enter a valid e-mail address.",
        ),
        (
            "/request/userAttributes/phone_number",
            json!("030 901820 canary"),
            "Please enter your telephone number with its country code, for example +49 30 901820.",
        ),
        (
            "/request/userAttributes",
            json!("mail@canary.example"),
            "Sign-in is not possible at the moment. Please try again later.",
        ),
        (
            "/triggerSource",
            json!({ "canary": 1 }),
            "Sign-in is not possible at the moment. Please try again later.",
        ),
    ];
    for (path, value, told) in cases {
        let Err(FunctionError::Returned { message, .. }) = host.invoke(&with(path, &value)) else {
            panic!("{path} with {value} was let pass");
        };
        assert_eq!(message, told, "{path}");
    }
    let lines = host.stop();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("the invocation failed")),
        "{lines:?}"
    );
    for line in lines {
        let lower = line.to_lowercase();
        // The refusal's own text has a sample number in it.
        let told = lower.replace("+49 30 901820", "");
        for marker in MARKERS {
            assert!(!told.contains(marker), "{marker} is in {line}");
        }
    }
}
