//! The executable under Lambda's Runtime API: what it does with a batch, its variables, and what it
//! prints.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_event-resume");
const VARIABLES: [&str; 3] = ["PROFILES_TABLE", "WAITING_TABLE", "EVENTS_TABLE"];

fn message(id: &str, detail: &Value) -> Value {
    json!({ "messageId": id, "body": json!({ "detail": detail }).to_string() })
}

#[test]
fn for_whom_nothing_waits_is_done_and_what_is_no_event_stays() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let claimed = json!({
        "specversion": "1.0",
        "id": "evt_0198f2a1b3c47d5e8f90a1b2c3d4e507",
        "source": "dev.fairlead.profile",
        "type": "dev.fairlead.profile.created.v1",
        "subject": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "time": "2026-01-15T09:00:00Z",
        "datacontenttype": "application/json",
        "data": {
            "profile_id": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
            "version": 1,
            "identifiers": ["external"],
        },
    });
    let batch = json!({ "Records": [message("m-1", &claimed), message("m-2", &json!("mail@canary.example"))] });
    let left = json!({ "batchItemFailures": [{ "itemIdentifier": "m-2" }] });
    assert_eq!(host.invoke(&batch).unwrap(), left);
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
