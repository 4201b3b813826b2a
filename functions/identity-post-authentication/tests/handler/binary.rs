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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_identity-post-authentication");
const VARIABLES: [&str; 4] = [
    "PROFILES_TABLE",
    "IDENTIFIERS_TABLE",
    "DIRECTORY_TABLE",
    "IDENTIFIER_KEY",
];
const PROFILE: &str = "prf_01010101010171018101010101010101";

fn host(changed: &[(&str, &str)]) -> RuntimeHost {
    let changed = changed
        .iter()
        .chain(&[("LOG_LEVEL", "trace")])
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let host =
        RuntimeHost::start(EXECUTABLE, variables(VARIABLES).into_iter().chain(changed)).unwrap();
    let environment = Environment::from_pairs(variables(["IDENTIFIER_KEY"]));
    let key = IdentifierKey::from_environment(&environment).unwrap();
    let login = Identifier::CognitoSub("canary-sub".parse().unwrap()).key(&key);
    let engines = host.engines();
    engines.put_row(
        "identifiers",
        &json!({ "identifier": login, "profile_id": PROFILE, "member": PROFILE, "verified": true }),
    );
    engines.put_row(
        "profiles",
        &json!({ "profile_id": PROFILE, "part": "profile" }),
    );
    host
}

/// A sign-in whose every personal detail bears a marker.
fn sign_in() -> Value {
    json!({
        "version": "1",
        "region": "eu-central-1",
        "userPoolId": "eu-central-1_EXAMPLE01",
        "userName": "canary-user",
        "callerContext": { "awsSdkVersion": "x", "clientId": "web-client" },
        "triggerSource": "PostAuthentication_Authentication",
        "request": {
            "userAttributes": {
                "sub": "canary-sub",
                "email": "mail@canary.example",
                "email_verified": "true",
                "phone_number": "+4930901820",
                "birthdate": "1903-02-01",
            },
            "newDeviceUsed": true,
            "clientMetadata": { "note": "canary-metadata" },
        },
        "response": {},
    })
}

#[test]
fn the_executable_records_a_sign_in_and_gives_the_event_back() {
    let host = host(&[]);
    assert_eq!(host.invoke(&sign_in()).unwrap(), sign_in());
    let rows = host.engines().rows("profiles");
    let is_login = |row: &&Value| row["part"].as_str().unwrap().starts_with("login#");
    assert_eq!(rows.iter().filter(is_login).count(), 1);
    assert_discreet(&rows.iter().map(Value::to_string).collect::<Vec<_>>());
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn nobody_is_kept_out_and_nothing_personal_printed_when_a_table_is_not_there() {
    for table in ["PROFILES_TABLE", "IDENTIFIERS_TABLE", "DIRECTORY_TABLE"] {
        let host = host(&[(table, "absent")]);
        assert_eq!(host.invoke(&sign_in()).unwrap(), sign_in());
        let lines = host.stop();
        assert!(
            lines
                .iter()
                .any(|line| line.contains("ResourceNotFoundException")),
            "{lines:?}"
        );
        assert_discreet(&lines);
    }
}
