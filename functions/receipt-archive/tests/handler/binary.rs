//! The executable under Lambda's Runtime API: what it archives, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::{RECEIPTS_BUCKET, variables},
    runtime_host::{FunctionError, RuntimeHost},
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_receipt-archive");
const VARIABLES: [&str; 2] = ["RECEIPTS_BUCKET", "PARKING_QUEUE_URL"];

fn host() -> RuntimeHost {
    let trace_level = ("LOG_LEVEL".to_owned(), "trace".to_owned());
    let environment = variables(VARIABLES).into_iter().chain([trace_level]);
    RuntimeHost::start(EXECUTABLE, environment).unwrap()
}

/// A removal as DynamoDB's stream tells of it when a time to live is over.
fn record(sequence_number: &str, image: &Value) -> Value {
    json!({
        "eventID": "f3237573252ef93726a59b6968d1d546",
        "eventName": "REMOVE",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_790_842_529.0,
            "Keys": {
                "profile_id": { "S": "prf_01010101010171018101010101010101" },
                "receipt_id": { "S": "rcp_019bc10dd4807000800000000000000a" },
            },
            "OldImage": image,
            "SequenceNumber": sequence_number,
            "SizeBytes": 120,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:111122223333:table/receipts/stream/2026-09-01T00:00:00.000",
        "userIdentity": { "type": "Service", "principalId": "dynamodb.amazonaws.com" },
    })
}

/// A receipt whose reason bears a marker, and a row that is none.
fn batch() -> Value {
    let text = |text: &str| json!({ "S": text });
    let receipt = json!({
        "profile_id": text("prf_01010101010171018101010101010101"),
        "receipt_id": text("rcp_019bc10dd4807000800000000000000a"),
        "partner_day": text("harbour#chandlery#2026-01-15#2"),
        "tenant": text("harbour"),
        "partner": text("chandlery"),
        "purpose": text("newsletter"),
        "outcome": text("allowed"),
        "allowed": { "L": [text("names")] },
        "withheld": { "M": {} },
        "policies": { "L": [text("by-consent")] },
        "reason": text("for mail@canary.example"),
        "at": text("2026-01-15T09:00:00Z"),
        "request_id": text("request-0"),
        "expires_at": { "N": "1800000000" },
    });
    let none = json!({ "reason": text("for mail@canary.example") });
    json!({ "Records": [
        record("111100000000000000001", &receipt),
        record("111100000000000000002", &none),
        record("111100000000000000003", &json!({ "mail@canary.example": 1 })),
    ] })
}

#[test]
fn the_executable_archives_receipts_parks_the_rest_and_prints_nothing_personal() {
    let host = host();
    let answer = host.invoke(&batch()).unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    let archived = host.engines().objects(RECEIPTS_BUCKET);
    assert_eq!(archived.len(), 1);
    assert!(!String::from_utf8_lossy(&archived[0].body).contains("canary"));
    let parked = host.engines().sent_messages("parking");
    assert_eq!(parked.len(), 2);
    assert!(
        parked
            .iter()
            .all(|message| !message.body.contains("for mail@canary"))
    );
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn nothing_personal_is_printed_or_returned_of_what_is_no_batch() {
    let host = host();
    let mut errors = Vec::new();
    for event in [
        json!("mail@canary.example"),
        json!({ "Records": ["mail@canary.example"] }),
    ] {
        let Err(FunctionError::Returned { message, .. }) = host.invoke(&event) else {
            panic!("{event} was taken for a batch");
        };
        errors.push(message);
    }
    assert_discreet(host.stop().iter().chain(&errors));
}
