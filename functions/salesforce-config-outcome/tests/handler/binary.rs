//! The executable under Lambda's Runtime API: what it writes, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::{SALESFORCE_OUTCOMES_BUCKET, variables},
    runtime_host::RuntimeHost,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_salesforce-config-outcome");
const VARIABLES: [&str; 3] = [
    "CONFIG_TABLE",
    "SALESFORCE_OUTCOMES_BUCKET",
    "PARKING_QUEUE_URL",
];

/// A new row of the table, as its stream tells of it.
fn inserted(sequence_number: &str, image: &Value) -> Value {
    json!({
        "eventName": "INSERT",
        "dynamodb": {
            "Keys": { "kind": image["kind"], "record_id": image["record_id"] },
            "NewImage": image,
            "SequenceNumber": sequence_number,
        },
    })
}

#[test]
fn the_executable_writes_files_parks_the_rest_and_prints_nothing_of_them() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let text = |text: &str| json!({ "S": text });
    let outcome = json!({
        "kind": text("outcome#roster"),
        "record_id": text("a015f00000AbCdEAAV#key"),
        "salesforce_id": text("a015f00000AbCdEAAV"),
        "action": text("updated"),
        "result": text("Fail"),
        "reason": text("Name: is not mail@canary.example"),
        "decided_at": text("2026-01-15T09:00:00Z"),
        "expires_at": { "N": "1800000000" },
    });
    let none = json!({ "kind": text("outcome#roster"), "record_id": text("x"), "reason": text("mail@canary.example") });
    let records = [
        inserted("111100000000000000001", &outcome),
        inserted("111100000000000000002", &none),
    ];
    let answer = host.invoke(&json!({ "Records": records })).unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    let written = host.engines().objects(SALESFORCE_OUTCOMES_BUCKET);
    assert_eq!(written.len(), 1);
    assert_eq!(host.engines().sent_messages("parking").len(), 1);
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
