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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_contact-config-lookup");
const VARIABLES: [&str; 1] = ["CONFIG_TABLE"];

fn host(changed: &[(&str, &str)]) -> RuntimeHost {
    let changed = changed
        .iter()
        .chain(&[("LOG_LEVEL", "trace")])
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    RuntimeHost::start(EXECUTABLE, variables(VARIABLES).into_iter().chain(changed)).unwrap()
}

/// A call, and who is on call.
fn call() -> Value {
    json!({
        "Details": {
            "ContactData": {
                "Channel": "VOICE",
                "ContactId": "4a573372-1f28-4e26-b97b-1c1d1e1f2021",
                "CustomerEndpoint": { "Address": "+4930901820", "Type": "TELEPHONE_NUMBER" },
                "Queue": null,
            },
            "Parameters": { "at": "2026-01-15T09:00:00Z", "language": "mail@canary.example" },
        },
        "Name": "ContactFlowEvent",
    })
}

fn put_shift(host: &RuntimeHost) {
    let shift = json!({
        "name": "Canary", "from": "2026-01-15T00:00:00Z", "until": "2026-01-16T00:00:00Z", "line": 1,
        "phone": "+4930901820",
    });
    host.engines()
        .put_published("contact", &[("roster", shift)]);
}

#[test]
fn the_executable_answers_and_prints_nobodys_number() {
    let host = host(&[]);
    put_shift(&host);
    let answer = host.invoke(&call()).unwrap();
    assert_eq!(answer["open"], "true");
    assert_eq!(answer["source"], "table");
    assert_eq!(answer["first_line"], "+4930901820");
    assert_eq!(answer["ignored"], "language");
    assert_eq!(host.invoke(&call()).unwrap()["source"], "cache");
    let lines = host.stop();
    assert!(
        lines.iter().any(|line| line.contains("lookups_cached")),
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
    let host = host(&[("CONFIG_TABLE", "absent")]);
    let answer = host.invoke(&call()).unwrap();
    assert_eq!(
        (&answer["open"], &answer["source"]),
        (&json!("true"), &json!("default"))
    );
    assert_discreet(&host.stop());
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
