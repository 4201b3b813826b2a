//! The executable under Lambda's Runtime API: what it does, its variables, and what it prints.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use serde_json::json;
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::{FunctionError, RuntimeHost},
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_operations-oncall-assign");
const VARIABLES: [&str; 2] = ["CONFIG_TABLE", "ON_CALL_TOPIC_ARN"];

fn host(changed: &[(&str, &str)]) -> RuntimeHost {
    let changed = changed
        .iter()
        .chain(&[("LOG_LEVEL", "trace")])
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let host =
        RuntimeHost::start(EXECUTABLE, variables(VARIABLES).into_iter().chain(changed)).unwrap();
    let shift = json!({
        "name": "Canary", "from": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z", "line": 1,
        "phone": "+4930901820",
    });
    host.engines()
        .put_published("contact", &[("roster", shift)]);
    host
}

#[test]
fn whoever_is_on_call_is_subscribed_and_printed_nowhere() {
    let host = host(&[]);
    let done = host.invoke(&json!({})).unwrap();
    assert_eq!(
        done,
        json!({ "on_shift": 1, "subscribed": 1, "unsubscribed": 0 })
    );
    assert_eq!(host.engines().subscriptions().len(), 1);
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn nothing_personal_is_printed_when_a_service_refuses() {
    for changed in [
        ("CONFIG_TABLE", "absent"),
        (
            "ON_CALL_TOPIC_ARN",
            "arn:aws:sns:eu-central-1:111122223333:absent",
        ),
    ] {
        let host = host(&[changed]);
        let Err(FunctionError::Returned { message, .. }) = host.invoke(&json!({})) else {
            panic!("it did not fail without {}", changed.0);
        };
        assert_discreet(host.stop().iter().chain([&message]));
    }
}
