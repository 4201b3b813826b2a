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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_event-sweep");
const VARIABLES: [&str; 3] = ["EVENTS_TABLE", "EVENT_BUS_NAME", "PARKING_QUEUE_URL"];

#[test]
fn the_executable_parks_what_it_can_not_read_and_prints_nothing_of_it() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let row = json!({
        "event": "harbour#abc", "body": "mail@canary.example",
        "relay_shard": "0", "relay_at": "2026-01-15T08:00:00.000Z",
    });
    host.engines().put_row("events", &row);
    let answer = host.invoke(&json!({})).unwrap();
    assert_eq!(answer, json!({ "relayed": 1 }));
    assert_eq!(host.engines().sent_messages("parking").len(), 1);
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
