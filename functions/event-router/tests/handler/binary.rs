//! The executable under Lambda's Runtime API: its answer, its rows, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use serde_json::json;
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_event-router");
const PERSON: &str = "prf_01010101010171018101010101010101";
const VARIABLES: [&str; 9] = [
    "EVENTS_TABLE",
    "EVENTS_BUCKET",
    "CLAIMS_BUCKET",
    "WAITING_TABLE",
    "PROFILES_TABLE",
    "IDENTIFIERS_TABLE",
    "DIRECTORY_TABLE",
    "IDENTIFIER_KEY",
    "NOTIFICATION_QUEUE_URL",
];

#[test]
fn the_executable_enters_an_event_and_prints_nothing_of_it() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let body = json!({
        "specversion": "1.0", "id": "canary-1", "source": "/shops/17", "type": "com.example.placed.v1",
        "subject": PERSON, "data": { "email": "mail@canary.example" },
    });
    let row = json!({
        "event": "harbour#abc", "tenant": "harbour", "partner": "crm", "source": "/shops/17",
        "id": "canary-1", "type": "com.example.placed.v1", "time": "2026-01-15T09:00:00Z",
        "accepted_at": "2026-01-15T09:00:00Z", "request_id": "request-1", "digest": "abc",
        "body": body.to_string(), "expires_at": 4_102_444_800_i64,
    });
    host.engines().put_row("events", &row);
    let profile = json!({ "profile_id": PERSON, "part": "profile", "version": 1, "fields": {} });
    host.engines().put_row("profiles", &profile);
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
    assert_eq!(host.engines().rows("profiles").len(), 2);
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
