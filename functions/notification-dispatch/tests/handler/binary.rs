//! The executable under Lambda's Runtime API: its answers, what it sends, and what it prints.
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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_notification-dispatch");
const VARIABLES: [&str; 4] = [
    "PROFILES_TABLE",
    "DIRECTORY_TABLE",
    "LEDGER_TABLE",
    "NOTIFICATIONS_TOPIC_ARN",
];
const JANE: &str = "prf_01010101010171018101010101010101";

fn host(changed: &[(&str, &str)]) -> RuntimeHost {
    let changed = changed
        .iter()
        .chain(&[("LOG_LEVEL", "trace")])
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    RuntimeHost::start(EXECUTABLE, variables(VARIABLES).into_iter().chain(changed)).unwrap()
}

/// Jane, whose every personal detail bears a marker, and her consent.
fn put_jane(host: &RuntimeHost) {
    let field = |value: &str| json!({ "value": value, "verified": true, "at": "2025-06-01T00:00:00Z", "source": "login" });
    let profile = json!({
        "profile_id": JANE,
        "part": "profile",
        "version": 1,
        "fields": {
            "email": field("mail@canary.example"),
            "phone_number": field("+4930901820"),
            "given_name": field("Canary Given"),
            "family_name": field("Canary Family"),
            "birthdate": field("1903-02-01"),
        },
        "created_at": "2025-06-01T00:00:00Z",
        "updated_at": "2025-06-01T00:00:00Z",
        "last_request": "an earlier request",
    });
    let consent = json!({
        "profile_id": JANE,
        "part": "consent#harbour#account-notices",
        "tenant": "harbour",
        "purpose": "account-notices",
        "ruling": "granted",
        "text_version": "canary-1",
        "surface": "self-service",
        "decided_at": "2025-06-01T00:00:00Z",
        "version": 1,
    });
    host.engines().put_row("profiles", &profile);
    host.engines().put_row("profiles", &consent);
}

fn message(id: &str, body: &str) -> Value {
    json!({
        "messageId": id,
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body,
        "attributes": { "ApproximateReceiveCount": "1", "SentTimestamp": "1790842529000", "SenderId": "AROAEXAMPLE:fn" },
        "messageAttributes": {},
        "md5OfBody": "ffba8ec8c71854577390643820e79d42",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:111122223333:notifications",
        "awsRegion": "eu-central-1",
    })
}

/// A message with a good event, and three that hold none.
fn batch() -> Value {
    let event = json!({
        "specversion": "1.0",
        "id": "evt_1",
        "source": "dev.fairlead.profile",
        "subject": JANE,
        "time": "2026-01-15T09:00:00Z",
        "datacontenttype": "application/json",
        "correlationid": "request-1",
        "type": "dev.fairlead.profile.updated.v1",
        "data": { "profile_id": JANE, "version": 2, "tenant_id": "harbour", "changed": ["email"] },
    });
    let envelope = |detail: &Value| json!({ "version": "0", "detail": detail }).to_string();
    let mut personal = event.clone();
    personal["subject"] = "mail@canary.example".into();
    json!({ "Records": [
        message("m-1", &envelope(&event)),
        message("m-2", "mail@canary.example +4930901820"),
        message("m-3", &envelope(&json!("mail@canary.example"))),
        message("m-4", &envelope(&personal)),
    ] })
}

fn left(places: &[&str]) -> Value {
    let failures: Vec<Value> = places
        .iter()
        .map(|id| json!({ "itemIdentifier": id }))
        .collect();
    json!({ "batchItemFailures": failures })
}

#[test]
fn the_executable_sends_what_it_may_and_leaves_what_it_can_not_read() {
    let host = host(&[]);
    put_jane(&host);
    assert_eq!(host.invoke(&batch()).unwrap(), left(&["m-2", "m-3", "m-4"]));
    assert_eq!(host.engines().notifications().len(), 2);
    assert_eq!(host.invoke(&batch()).unwrap(), left(&["m-2", "m-3", "m-4"]));
    assert_eq!(host.engines().notifications().len(), 2);
    let lines = host.stop();
    assert!(
        lines.iter().any(|line| line.contains("the message failed")
            && line.contains(r#""service":"notification-dispatch""#)),
        "{lines:?}"
    );
    assert!(
        lines.iter().any(|line| line.contains("notices_sent")),
        "{lines:?}"
    );
    assert_discreet(&lines);
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn nothing_personal_is_printed_when_a_service_refuses() {
    let wrong = [
        ("PROFILES_TABLE", "absent"),
        ("LEDGER_TABLE", "absent"),
        (
            "NOTIFICATIONS_TOPIC_ARN",
            "arn:aws:sns:eu-central-1:111122223333:absent",
        ),
    ];
    for changed in wrong {
        let host = host(&[changed]);
        put_jane(&host);
        let answer = host.invoke(&batch()).unwrap();
        assert_eq!(answer, left(&["m-1", "m-2", "m-3", "m-4"]), "{changed:?}");
        assert_discreet(&host.stop());
    }
}

#[test]
fn nothing_personal_is_printed_when_rows_can_not_be_read() {
    let host = host(&[]);
    put_jane(&host);
    let malformed = json!({ "profile_id": JANE, "part": "profile", "version": "mail@canary.example", "fields": "Canary" });
    host.engines().put_row("profiles", &malformed);
    assert_eq!(
        host.invoke(&batch()).unwrap(),
        left(&["m-1", "m-2", "m-3", "m-4"])
    );
    assert_discreet(&host.stop());
}

#[test]
fn nothing_personal_is_printed_or_returned_of_what_is_no_batch() {
    let host = host(&[]);
    let mail = || json!("mail@canary.example");
    let mut events = vec![
        mail(),
        json!({ "Records": mail() }),
        json!({ "Records": [mail()] }),
    ];
    for path in ["/Records/0/messageId", "/Records/0/body"] {
        for value in [
            json!(4_930_901_820_u64),
            json!({ "mail@canary.example": 1 }),
        ] {
            let mut event = batch();
            *event.pointer_mut(path).unwrap() = value;
            events.push(event);
        }
    }
    let mut errors = Vec::new();
    for event in events {
        let Err(FunctionError::Returned { message, .. }) = host.invoke(&event) else {
            panic!("{event} was taken for a batch");
        };
        errors.push(message);
    }
    assert_discreet(host.stop().iter().chain(&errors));
}
