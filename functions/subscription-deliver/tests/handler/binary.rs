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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_subscription-deliver");
const VARIABLES: [&str; 13] = [
    "SUBSCRIPTIONS_TABLE",
    "DELIVERIES_TABLE",
    "WEBHOOKS_QUEUE_URL",
    "WEBHOOK_REACH",
    "EVENTS_TABLE",
    "EVENTS_BUCKET",
    "IDENTIFIERS_TABLE",
    "IDENTIFIER_KEY",
    "DIRECTORY_TABLE",
    "PROFILES_TABLE",
    "RECEIPTS_TABLE",
    "ERASURES_TABLE",
    "CONFIG_TABLE",
];

#[test]
fn what_names_no_delivery_stays_in_the_queue_and_is_not_printed() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let event = json!({ "Records": [{ "messageId": "1", "body": "mail@canary.example" }] });
    let answer = host.invoke(&event).unwrap();
    assert_eq!(
        answer,
        json!({ "batchItemFailures": [{ "itemIdentifier": "1" }] })
    );
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
