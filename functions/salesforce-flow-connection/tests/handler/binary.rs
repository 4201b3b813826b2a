//! The executable under Lambda's Runtime API.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use serde_json::json;
use testkit::runtime_host::RuntimeHost;

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_salesforce-flow-connection");

#[test]
fn what_is_no_request_of_cloudformations_fails_without_being_quoted() {
    let host = RuntimeHost::start(EXECUTABLE, Vec::new()).unwrap();
    let failed = host
        .invoke(&json!({ "secret": "jane@example.com" }))
        .unwrap_err();
    assert!(!format!("{failed:?}").contains("jane"));
}
