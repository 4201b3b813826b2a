//! The executable under Lambda's Runtime API: what it sends, and what it prints.
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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_salesforce-config-notifier");
const VARIABLES: [&str; 3] = [
    "CONFIG_TABLE",
    "CONFIGURATION_CHANGES_TOPIC_ARN",
    "PARKING_QUEUE_URL",
];

/// A new row of the table, as its stream tells of it.
fn inserted(sequence_number: &str, row: &Value) -> Value {
    let text = |text: &Value| json!({ "S": text });
    let image: Value = row
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| match value {
            Value::Number(number) => (name.clone(), json!({ "N": number.to_string() })),
            other => (name.clone(), text(other)),
        })
        .collect();
    json!({
        "eventName": "INSERT",
        "dynamodb": {
            "Keys": { "kind": text(&row["kind"]), "record_id": text(&row["record_id"]) },
            "NewImage": image,
            "SequenceNumber": sequence_number,
        },
    })
}

fn outcome() -> Value {
    json!({
        "kind": "outcome#roster",
        "record_id": "a015f00000AbCdEAAV#key",
        "salesforce_id": "a015f00000AbCdEAAV",
        "action": "updated",
        "result": "Fail",
        "reason": "Name: is not mail@canary.example",
        "decided_at": "2026-01-15T09:00:00Z",
        "operator": "0055f000005mc66AAA",
        "expires_at": 1_800_000_000,
    })
}

#[test]
fn the_executable_mails_outcomes_parks_the_rest_and_prints_nothing_of_them() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let outcome = outcome();
    host.engines().put_row("config", &outcome);
    let none =
        json!({ "kind": "outcome#roster", "record_id": "x", "reason": "mail@canary.example" });
    let records = [
        inserted("111100000000000000001", &outcome),
        inserted("111100000000000000002", &none),
    ];
    let answer = host.invoke(&json!({ "Records": records })).unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    assert_eq!(host.engines().notifications().len(), 1);
    assert_eq!(host.engines().sent_messages("parking").len(), 1);
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
