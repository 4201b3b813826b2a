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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_extension-dispatch");
const VARIABLES: [&str; 12] = [
    "DIRECTORY_TABLE",
    "PROFILES_TABLE",
    "RECEIPTS_TABLE",
    "IDENTIFIERS_TABLE",
    "IDENTIFIER_KEY",
    "EVENTS_TABLE",
    "EVENTS_BUCKET",
    "WAITING_TABLE",
    "LEDGER_TABLE",
    "EXTENSION_BACKLOG_QUEUE_URL",
    "EXTENSION_RUNS_PER_DAY",
    "PARKING_QUEUE_URL",
];

#[test]
fn what_tells_of_nothing_stays_in_the_queue_and_is_not_printed() {
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
