//! The executable under Lambda's Runtime API: its answers, what it does to the outbox and the bus,
//! and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::{FunctionError, RuntimeHost},
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_profile-stream");
const VARIABLES: [&str; 3] = ["PROFILES_TABLE", "EVENT_BUS_NAME", "PARKING_QUEUE_URL"];
const PROFILE: &str = "prf_01010101010171018101010101010101";
const EVENT_ID: &str = "evt_0198f0c2a5d07c3e9b1a2f3c4d5e6f70";

fn trace_level() -> (String, String) {
    ("LOG_LEVEL".to_owned(), "trace".to_owned())
}

fn host() -> RuntimeHost {
    let environment = variables(VARIABLES).into_iter().chain([trace_level()]);
    RuntimeHost::start(EXECUTABLE, environment).unwrap()
}

fn event() -> Value {
    json!({
        "specversion": "1.0",
        "id": EVENT_ID,
        "source": "dev.fairlead.profile",
        "subject": PROFILE,
        "time": "2026-01-15T09:00:00Z",
        "datacontenttype": "application/json",
        "correlationid": "request-1",
        "type": "dev.fairlead.profile.updated.v1",
        "data": { "profile_id": PROFILE, "version": 2, "changed": ["email"] },
    })
}

fn record(sequence_number: &str, part: &str, image: &Value) -> Value {
    json!({
        "eventID": "7e18ac050f77fd85a3bf3457ef9ce914",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_790_842_529.0,
            "Keys": { "profile_id": { "S": PROFILE }, "part": { "S": part } },
            "NewImage": image,
            "SequenceNumber": sequence_number,
            "SizeBytes": 120,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:111122223333:table/profiles/stream/2026-09-01T00:00:00.000",
    })
}

/// A person's row, an outbox row and a poison row, all with markers where personal data may be.
fn batch() -> Value {
    let part = format!("outbox#{EVENT_ID}");
    let fields = json!({ "M": { "email": { "M": { "value": { "S": "mail@canary.example" } } }, "birthdate": { "S": "1903-02-01" } } });
    let outbox = json!({
        "profile_id": { "S": PROFILE },
        "part": { "S": part },
        "event": { "S": event().to_string() },
        "relay_shard": { "S": "0" },
        "relay_at": { "S": "2026-01-15T09:00:00.000Z" },
    });
    let mut poison = outbox.clone();
    poison["event"] = json!({ "S": "mail@canary.example, +4930901820" });
    json!({ "Records": [
        record("111100000000000000001", "profile", &json!({ "fields": fields })),
        record("111100000000000000002", "identifier#email#0a1b", &json!({ "value": { "S": "mail@canary.example" } })),
        record("111100000000000000003", &part, &outbox),
        record("111100000000000000004", "outbox#evt_poison", &poison),
        record("111100000000000000005", "outbox#evt_shape", &json!({ "mail@canary.example": 1 })),
    ] })
}

#[test]
fn the_executable_relays_the_outbox_and_parks_the_rest_of_it() {
    let host = host();
    assert_eq!(
        host.invoke(&batch()).unwrap(),
        json!({ "batchItemFailures": [] })
    );
    let published = host.engines().published_events();
    assert_eq!(published.len(), 1);
    assert_eq!(published[0].detail, event());
    let parked = host.engines().sent_messages("parking");
    let keys: Vec<&str> = parked
        .iter()
        .map(|message| message.attributes["idempotency.key"].as_str())
        .collect();
    assert_eq!(parked.len(), 2, "{keys:?}");
    assert!(keys.contains(&"outbox#evt_poison") && keys.contains(&"outbox#evt_shape"));
    let lines = host.stop();
    assert!(
        lines.iter().any(|line| line.contains("an event is parked")),
        "{lines:?}"
    );
    assert_discreet(&lines);
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn nothing_personal_is_printed_when_the_bus_is_not_ours() {
    let bus = ("EVENT_BUS_NAME".to_owned(), "another".to_owned());
    let environment = variables(VARIABLES).into_iter().chain([trace_level(), bus]);
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    assert_eq!(
        host.invoke(&batch()).unwrap(),
        json!({ "batchItemFailures": [{ "itemIdentifier": "111100000000000000003" }] })
    );
    let lines = host.stop();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("AccessDeniedException")),
        "{lines:?}"
    );
    assert_discreet(&lines);
}

#[test]
fn nothing_personal_is_printed_or_returned_of_what_is_no_batch() {
    let host = host();
    let mail = || json!("mail@canary.example");
    let mut events = vec![
        mail(),
        json!({ "Records": mail() }),
        json!({ "Records": [mail()] }),
    ];
    for path in [
        "/Records/0/dynamodb",
        "/Records/0/dynamodb/SequenceNumber",
        "/Records/0/eventName",
    ] {
        for value in [mail(), json!(4_930_901_820_u64), json!({ "canary": 1 })] {
            let mut event = batch();
            *event.pointer_mut(path).unwrap() = value;
            events.push(event);
        }
    }
    let mut errors = Vec::new();
    for event in events {
        if let Err(FunctionError::Returned { message, .. }) = host.invoke(&event) {
            errors.push(message);
        }
    }
    assert!(errors.len() >= 8, "{errors:?}");
    assert_discreet(host.stop().iter().chain(&errors));
}
