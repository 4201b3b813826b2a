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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_profile-settle");
const VARIABLES: [&str; 2] = ["PROFILES_TABLE", "IDENTIFIERS_TABLE"];

fn host() -> RuntimeHost {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    RuntimeHost::start(EXECUTABLE, environment).unwrap()
}

fn message(id: &str, detail: &Value) -> Value {
    json!({ "messageId": id, "body": json!({ "detail": detail }).to_string() })
}

fn settling() -> Value {
    json!({
        "specversion": "1.0",
        "id": "evt_0198f2a1b3c47d5e8f90a1b2c3d4e507",
        "source": "dev.fairlead.profile",
        "type": "dev.fairlead.profile.settling.v1",
        "subject": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
        "time": "2026-01-15T09:00:00Z",
        "datacontenttype": "application/json",
        "data": {
            "profile_id": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
            "merge_id": "mrg_0198f2a2e3f4705192a3b4c5d6e7f809",
        },
    })
}

#[test]
fn who_has_nothing_left_to_settle_is_done_and_what_is_no_event_stays() {
    let host = host();
    let batch = json!({ "Records": [message("m-1", &settling()), message("m-2", &json!("mail@canary.example"))] });
    let left = json!({ "batchItemFailures": [{ "itemIdentifier": "m-2" }] });
    assert_eq!(host.invoke(&batch).unwrap(), left);
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
