//! The executable under Lambda's Runtime API: its variables, and what it prints.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use serde_json::json;
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_erasure-certify");
const VARIABLES: [&str; 3] = ["ERASURES_TABLE", "PROFILES_TABLE", "CERTIFICATES_BUCKET"];

#[test]
fn what_names_no_erasure_fails_and_nothing_of_it_is_printed() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let error = host.invoke(&json!({ "erasure_id": "canary@example.com" }));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("the input names no erasure"), "{error}");
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
