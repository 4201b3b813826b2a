//! The executable under Lambda's Runtime API: what it does with a batch, its variables, and what it
//! prints.
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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_salesforce-config-writer");
const VARIABLES: [&str; 3] = [
    "CONFIG_TABLE",
    "SALESFORCE_EVENTS_BUCKET",
    "SALESFORCE_REREAD_QUEUE_URL",
];

#[test]
fn what_is_not_understood_is_an_outcome_and_what_can_not_be_fetched_stays() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let missing = json!({
        "source": "aws.partner/appflow/salesforce.com/111122223333/crm-prod",
        "detail-type": "Operator__ChangeEvent",
        "detail": { "at": "s3://salesforce-events/missing.json" },
    });
    let batch = json!({
        "Records": [
            { "messageId": "m-1", "body": "mail@canary.example" },
            { "messageId": "m-2", "body": missing.to_string() },
        ],
    });
    let left = json!({ "batchItemFailures": [{ "itemIdentifier": "m-2" }] });
    assert_eq!(host.invoke(&batch).unwrap(), left);
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
