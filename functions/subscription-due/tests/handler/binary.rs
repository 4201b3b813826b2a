//! The executable under Lambda's Runtime API: its answer and its variables.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use serde_json::json;
use testkit::{canary::assert_names_what_is_missing, engine::variables, runtime_host::RuntimeHost};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_subscription-due");
const VARIABLES: [&str; 2] = ["DELIVERIES_TABLE", "WEBHOOKS_QUEUE_URL"];

#[test]
fn where_nothing_is_due_nothing_is_queued() {
    let host = RuntimeHost::start(EXECUTABLE, variables(VARIABLES)).unwrap();
    let answer = host.invoke(&json!({})).unwrap();
    assert_eq!(answer, json!({ "queued": 0 }));
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
