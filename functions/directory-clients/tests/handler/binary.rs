//! The executable under Lambda's Runtime API: its variables, and what it prints.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use serde_json::json;
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_directory-clients");
const VARIABLES: [&str; 6] = [
    "DIRECTORY_TABLE",
    "LEDGER_TABLE",
    "USER_POOL_ID",
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
];

#[test]
fn who_has_no_token_is_told_so_and_nothing_personal_is_printed() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let request = json!({
        "routeKey": "POST /v1/directory/{tenant}/partners/{partner}/clients",
        "headers": { "content-type": "application/json", "user-agent": "canary-agent" },
        "pathParameters": { "tenant": "canary-1", "partner": "canary-2" },
        "body": "{\"display_name\": \"canary-3\"}",
        "requestContext": { "requestId": "request-1" },
    });
    let answer = host.invoke(&request).unwrap();
    assert_eq!(answer.get("statusCode"), Some(&json!(401)));
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
