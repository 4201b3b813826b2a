//! The executable under Lambda's Runtime API: its answer, what it does to the table and the bus, and
//! what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_event-stream");
const VARIABLES: [&str; 3] = ["EVENTS_TABLE", "EVENT_BUS_NAME", "PARKING_QUEUE_URL"];

/// The change record of an event whose every personal detail bears a marker.
fn record(sequence_number: &str, time: &str) -> Value {
    let text = |text: &str| json!({ "S": text });
    json!({
        "eventName": "INSERT",
        "dynamodb": {
            "Keys": { "event": text("harbour#abc") },
            "NewImage": {
                "event": text("harbour#abc"),
                "tenant": text("harbour"),
                "partner": text("crm"),
                "source": text("/shops/17"),
                "id": text("canary-1"),
                "type": text("com.example.order.placed.v1"),
                "time": text(time),
                "accepted_at": text("2026-01-15T09:00:00Z"),
                "request_id": text("request-1"),
                "digest": text("abc"),
                "body": text("mail@canary.example"),
                "relay_shard": text("0"),
                "relay_at": text("2026-01-15T09:00:00.000Z"),
                "expires_at": { "N": "1769763600" },
            },
            "SequenceNumber": sequence_number,
        },
    })
}

#[test]
fn the_executable_tells_the_bus_and_prints_nothing_of_an_event() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let records = [
        record("111100000000000000001", "2026-01-15T09:00:00Z"),
        record("111100000000000000002", "mail@canary.example"),
    ];
    let answer = host.invoke(&json!({ "Records": records })).unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    let published = host.engines().published_events();
    assert_eq!(published.len(), 1);
    assert_eq!(published[0].detail["dataref"], "fairlead:event:harbour#abc");
    assert_eq!(host.engines().sent_messages("parking").len(), 1);
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
