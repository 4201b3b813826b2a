//! The executable under Lambda's Runtime API: what it leaves in the queue, and what it prints.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use serde_json::json;
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::{SALESFORCE_SECRET, variables},
    runtime_host::{FunctionError, RuntimeHost},
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_salesforce-config-reread");
const VARIABLES: [&str; 4] = [
    "CONFIG_TABLE",
    "SALESFORCE_CONFIG_QUEUE_URL",
    "SALESFORCE_URL",
    "SALESFORCE_SECRET",
];

fn host() -> RuntimeHost {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    for (name, value) in &mut environment {
        // Where nobody answers.
        if name == "SALESFORCE_URL" {
            "http://127.0.0.1:9".clone_into(value);
        }
    }
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let secret = json!({ "client_id": "canary", "client_secret": "canary" });
    host.engines()
        .put_secret(SALESFORCE_SECRET, &secret.to_string());
    host
}

#[test]
fn what_can_not_be_read_stays_and_nothing_of_it_is_printed() {
    let host = host();
    let asked = json!({ "event": "canary", "position": "1", "action": "updated" });
    let known =
        json!({ "object": "Holiday__c", "record_id": "a015f00000AbCdEAAV", "asked": asked });
    let message = |id: &str, body: String| json!({ "messageId": id, "body": body });
    let batch = json!({ "Records": [
        message("m-1", known.to_string()),
        message("m-2", "mail@canary.example".to_owned()),
    ] });
    let left =
        json!({ "batchItemFailures": [{ "itemIdentifier": "m-1" }, { "itemIdentifier": "m-2" }] });
    assert_eq!(host.invoke(&batch).unwrap(), left);
    assert_discreet(&host.stop());
}

#[test]
fn nothing_is_printed_or_returned_of_what_is_neither_a_batch_nor_a_schedules_event() {
    let host = host();
    let Err(FunctionError::Returned { message, .. }) = host.invoke(&json!("mail@canary.example"))
    else {
        panic!("a text was taken for an event");
    };
    assert_discreet(host.stop().iter().chain([&message]));
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
