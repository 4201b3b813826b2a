//! The executable under Lambda's Runtime API: what it passes on, its variables, and what it prints.
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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_operations-sms-relay");
const VARIABLES: [&str; 2] = ["LEDGER_TABLE", "SMS_MESSAGES_TOPIC_ARN"];

fn batch() -> Value {
    let sms = json!({
        "originationNumber": "+4930901820", "destinationNumber": "+12125550101", "messageKeyword": "JOIN",
        "messageBody": "mail@canary.example", "inboundMessageId": "cae173d2-66b9-564c-8309-21f858e9fb84",
    });
    let published = json!({ "Type": "Notification", "Message": sms.to_string() });
    let other = json!({ "Type": "Notification", "Message": "+4930901820 mail@canary.example" });
    json!({ "Records": [
        { "messageId": "1", "body": published.to_string() },
        { "messageId": "2", "body": other.to_string() },
        { "messageId": "3", "body": "mail@canary.example" },
    ] })
}

#[test]
fn what_a_message_says_is_passed_on_and_printed_nowhere() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let left =
        json!({ "batchItemFailures": [{ "itemIdentifier": "2" }, { "itemIdentifier": "3" }] });
    for _ in 0..2 {
        assert_eq!(host.invoke(&batch()).unwrap(), left);
        assert_eq!(host.engines().notifications().len(), 1);
    }
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
