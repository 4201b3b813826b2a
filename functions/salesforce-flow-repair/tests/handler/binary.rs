//! The executable under Lambda's Runtime API: its answer and its variables.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use serde_json::json;
use testkit::{canary::assert_names_what_is_missing, engine::variables, runtime_host::RuntimeHost};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_salesforce-flow-repair");
const VARIABLES: [&str; 8] = [
    "SALESFORCE_FLOWS",
    "CONFIG_TABLE",
    "SALESFORCE_OUTCOMES_BUCKET",
    "SALESFORCE_REREAD_QUEUE_URL",
    "SUPPORT_TOPIC_ARN",
    "RETRY_SCHEDULE_GROUP",
    "RETRY_FUNCTION_ARN",
    "RETRY_ROLE_ARN",
];

#[test]
fn flows_that_are_not_there_are_given_up() {
    let host = RuntimeHost::start(EXECUTABLE, variables(VARIABLES)).unwrap();
    let answer = host.invoke(&json!({})).unwrap();
    assert_eq!(
        answer,
        json!({ "looked_at": 3, "tried": 0, "mended": 0, "given_up": 3 })
    );
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
