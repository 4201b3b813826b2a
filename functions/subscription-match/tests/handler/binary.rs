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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_subscription-match");
const VARIABLES: [&str; 10] = [
    "SUBSCRIPTIONS_TABLE",
    "DELIVERIES_TABLE",
    "WEBHOOKS_QUEUE_URL",
    "PROFILES_TABLE",
    "EVENTS_TABLE",
    "EVENTS_BUCKET",
    "WAITING_TABLE",
    "IDENTIFIERS_TABLE",
    "IDENTIFIER_KEY",
    "DIRECTORY_TABLE",
];

#[test]
fn what_tells_of_nothing_stays_in_the_queue_and_is_not_printed() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let detail = json!({
        "specversion": "1.0", "id": "canary-1", "source": "/shops/17", "type": "com.example.placed.v1",
        "time": "2026-01-15T09:00:00Z", "dataref": "fairlead:event:harbour#abc", "tenantid": "harbour",
        "partnerid": "crm", "correlationid": "request-1",
    });
    let message = |id: &str, body: String| json!({ "messageId": id, "body": body });
    let event = json!({ "Records": [
        message("1", json!({ "detail": detail }).to_string()),
        message("2", "mail@canary.example".to_owned()),
    ] });
    let answer = host.invoke(&event).unwrap();
    assert_eq!(
        answer,
        json!({ "batchItemFailures": [{ "itemIdentifier": "2" }] })
    );
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
