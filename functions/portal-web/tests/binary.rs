//! The executable under Lambda's Runtime API: its variables, and what it prints.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_portal-web");
const VARIABLES: [&str; 10] = [
    "PORTAL_ORIGIN",
    "API_ORIGIN",
    "LOGIN_ORIGIN",
    "PORTAL_CLIENT_ID",
    "PORTAL_OPERATORS_CLIENT_ID",
    "LINKING_PROVIDERS",
    "SESSION_KEY_SECRET",
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
];

#[test]
fn whoever_comes_along_sees_the_front_door_and_nothing_personal_is_printed() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let request = json!({
        "version": "2.0",
        "routeKey": "GET /",
        "rawPath": "/",
        "rawQueryString": "from=canary@canary.example",
        "headers": { "user-agent": "canary-agent", "accept-language": "de" },
        "requestContext": {
            "http": { "method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1" },
            "requestId": "request-1",
            "stage": "$default",
        },
        "isBase64Encoded": false,
    });
    let answer = host.invoke(&request).unwrap();
    assert_eq!(answer.get("statusCode"), Some(&json!(200)), "{answer}");
    let page = answer.get("body").and_then(Value::as_str).unwrap();
    assert!(page.contains("<html lang=\"de\">"), "{page}");
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
