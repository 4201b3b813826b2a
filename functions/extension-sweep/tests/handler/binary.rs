//! The executable under Lambda's Runtime API: its answer and its variables.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use serde_json::json;
use testkit::{canary::assert_names_what_is_missing, engine::variables, runtime_host::RuntimeHost};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_extension-sweep");
const VARIABLES: [&str; 6] = [
    "DIRECTORY_TABLE",
    "LEDGER_TABLE",
    "EXTENSION_UPLOADS_QUEUE_URL",
    "EXTENSION_HOSTS",
    "EXTENSION_PREFIX",
    "EXTENSION_LOGS",
];

#[test]
fn where_there_is_nothing_nothing_is_amiss() {
    let host = RuntimeHost::start(EXECUTABLE, variables(VARIABLES)).unwrap();
    let answer = host.invoke(&json!({})).unwrap();
    let nothing = json!({ "tenants": 0, "drifted": 0, "orphans": 0, "finished": true });
    assert_eq!(answer, nothing);
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
