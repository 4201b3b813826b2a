//! The executable under Lambda's Runtime API: its answers, its rows, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use identity::{Identifier, IdentifierKey};
use lambda_kit::config::Environment;
use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_identity-post-confirmation");
const VARIABLES: [&str; 4] = [
    "PROFILES_TABLE",
    "IDENTIFIERS_TABLE",
    "DIRECTORY_TABLE",
    "IDENTIFIER_KEY",
];

fn trace_level() -> (String, String) {
    ("LOG_LEVEL".to_owned(), "trace".to_owned())
}

/// What the table `identifiers` calls the login.
fn login_key() -> String {
    let environment = Environment::from_pairs(variables(["IDENTIFIER_KEY"]));
    let key = IdentifierKey::from_environment(&environment).unwrap();
    Identifier::CognitoSub("canary-sub".parse().unwrap()).key(&key)
}

fn host() -> RuntimeHost {
    let environment = variables(VARIABLES).into_iter().chain([trace_level()]);
    RuntimeHost::start(EXECUTABLE, environment).unwrap()
}

/// A confirmation whose every personal detail bears a marker.
fn confirmation() -> Value {
    json!({
        "version": "1",
        "region": "eu-central-1",
        "userPoolId": "eu-central-1_EXAMPLE01",
        "userName": "canary-user",
        "callerContext": { "awsSdkVersion": "x", "clientId": "web-client" },
        "triggerSource": "PostConfirmation_ConfirmSignUp",
        "request": {
            "userAttributes": {
                "sub": "canary-sub",
                "cognito:user_status": "CONFIRMED",
                "email": "mail@canary.example",
                "email_verified": "true",
                "phone_number": "+4930901820",
                "phone_number_verified": "true",
                "given_name": "Canary Given",
                "family_name": "Canary Family",
                "name": "Canary Name",
                "locale": "de-canary",
                "birthdate": "1903-02-01",
                "identities": "[{\"userId\":\"canary-idp\",\"providerName\":\"Google\"}]",
                "custom:unknown": "canary-unknown",
            },
            "clientMetadata": { "note": "canary-metadata" },
        },
        "response": {},
    })
}

#[test]
fn the_executable_makes_a_profile_and_gives_the_event_back() {
    let host = host();
    assert_eq!(host.invoke(&confirmation()).unwrap(), confirmation());
    let rows = host.engines().rows("profiles");
    let profile = rows.iter().find(|row| row["part"] == "profile").unwrap();
    assert_eq!(profile["fields"]["given_name"]["value"], "Canary Given");
    assert_eq!(host.engines().rows("identifiers").len(), 4);
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn nothing_personal_is_printed_when_rows_can_not_be_read() {
    let host = host();
    host.engines().put_row(
        "identifiers",
        &json!({ "identifier": login_key(), "profile_id": "mail@canary.example" }),
    );
    assert_eq!(host.invoke(&confirmation()).unwrap(), confirmation());
    let lines = host.stop();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("left to the next sign-in")),
        "{lines:?}"
    );
    assert_discreet(&lines);
}

#[test]
fn nothing_personal_is_printed_when_a_table_is_not_there() {
    let environment = variables(VARIABLES).into_iter().chain([
        trace_level(),
        ("PROFILES_TABLE".to_owned(), "absent".to_owned()),
    ]);
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    assert_eq!(host.invoke(&confirmation()).unwrap(), confirmation());
    let lines = host.stop();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("ResourceNotFoundException")),
        "{lines:?}"
    );
    assert_discreet(&lines);
}

#[test]
fn nothing_personal_is_printed_or_returned_of_what_is_no_trigger() {
    let host = host();
    let mut errors = Vec::new();
    for path in ["/triggerSource", "/request", "/request/userAttributes"] {
        let mut event = confirmation();
        *event.pointer_mut(path).unwrap() = json!(["mail@canary.example", "+4930901820"]);
        errors.push(host.invoke(&event).unwrap_err().to_string());
    }
    let lines = host.stop();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("the invocation failed")),
        "{lines:?}"
    );
    assert_discreet(lines.iter().chain(&errors));
}
