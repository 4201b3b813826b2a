//! The executable under Lambda's Runtime API: what it needs, and what it prints.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use serde_json::json;
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::{FunctionError, RuntimeHost},
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_identity-user-migration");
const VARIABLES: [&str; 2] = ["LEGACY_DIRECTORY_URL", "LEGACY_DIRECTORY_SECRET"];

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn nothing_personal_is_printed_or_returned_when_the_directory_can_not_be_reached() {
    // Nobody listens there.
    let changed = [
        ("LEGACY_DIRECTORY_URL", "https://127.0.0.1:1"),
        ("LEGACY_DIRECTORY_SECRET", "canary-secret"),
        ("LOG_LEVEL", "trace"),
    ];
    let changed = changed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let host =
        RuntimeHost::start(EXECUTABLE, variables(VARIABLES).into_iter().chain(changed)).unwrap();
    let sign_in = json!({
        "version": "1",
        "userPoolId": "eu-central-1_EXAMPLE01",
        "userName": "mail@canary.example",
        "callerContext": { "awsSdkVersion": "x", "clientId": "web-client" },
        "triggerSource": "UserMigration_Authentication",
        "request": { "password": "canary-password", "validationData": { "canary": "canary" } },
        "response": {},
    });
    let Err(FunctionError::Returned { message, .. }) = host.invoke(&sign_in) else {
        panic!("somebody was brought over from nowhere");
    };
    let lines = host.stop();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("legacy-directory:authenticate failed")),
        "{lines:?}"
    );
    assert_discreet(lines.iter().chain([&message]));
}
