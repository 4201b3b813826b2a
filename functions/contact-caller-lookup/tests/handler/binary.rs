//! The executable under Lambda's Runtime API: its answers, its variables, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::{FunctionError, RuntimeHost},
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_contact-caller-lookup");
const VARIABLES: [&str; 7] = [
    "CONTACT_TENANT",
    "CONTACT_PARTNER",
    "DIRECTORY_TABLE",
    "IDENTIFIERS_TABLE",
    "IDENTIFIER_KEY",
    "PROFILES_TABLE",
    "RECEIPTS_TABLE",
];

fn host(changed: &[(&str, &str)]) -> RuntimeHost {
    let changed = changed
        .iter()
        .chain(&[("LOG_LEVEL", "trace")])
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    RuntimeHost::start(EXECUTABLE, variables(VARIABLES).into_iter().chain(changed)).unwrap()
}

fn call() -> Value {
    json!({
        "Details": {
            "ContactData": {
                "ContactId": "4a573372-1f28-4e26-b97b-1c1d1e1f2021",
                "CustomerEndpoint": { "Address": "+4930901820", "Type": "TELEPHONE_NUMBER" },
            },
            "Parameters": { "note": "mail@canary.example" },
        },
        "Name": "ContactFlowEvent",
    })
}

#[test]
fn the_executable_answers_records_it_and_prints_nobodys_number() {
    let host = host(&[]);
    let answer = host.invoke(&call()).unwrap();
    assert_eq!(answer["status"], "refused");
    assert_eq!(answer["reason"], "no-agreement");
    assert_eq!(host.engines().rows("receipts").len(), 1);
    let lines = host.stop();
    assert!(
        lines.iter().any(|line| line.contains("callers_refused")),
        "{lines:?}"
    );
    assert_discreet(&lines);
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn a_table_that_is_not_there_ends_no_call_and_prints_nothing_personal() {
    for table in [
        "DIRECTORY_TABLE",
        "IDENTIFIERS_TABLE",
        "PROFILES_TABLE",
        "RECEIPTS_TABLE",
    ] {
        let host = host(&[(table, "absent")]);
        let answer = host.invoke(&call()).unwrap();
        // Of somebody whom no number leads to, no profile is read.
        let status = if table == "PROFILES_TABLE" {
            "refused"
        } else {
            "unavailable"
        };
        assert_eq!(answer["status"], status, "{table}");
        assert_discreet(&host.stop());
    }
}

#[test]
fn nothing_personal_is_printed_or_returned_of_what_is_no_contact() {
    let host = host(&[]);
    let mut errors = Vec::new();
    for event in [
        json!("mail@canary.example"),
        json!({ "Details": "+4930901820" }),
    ] {
        let Err(FunctionError::Returned { message, .. }) = host.invoke(&event) else {
            panic!("{event} was taken for a contact");
        };
        errors.push(message);
    }
    assert_discreet(host.stop().iter().chain(&errors));
}
