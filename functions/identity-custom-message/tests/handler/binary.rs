//! The executable under Lambda's Runtime API: its answers, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_identity-custom-message");
const VARIABLES: [&str; 1] = ["DIRECTORY_TABLE"];

fn host(changed: &[(&str, &str)]) -> RuntimeHost {
    let changed = changed
        .iter()
        .chain(&[("LOG_LEVEL", "trace")])
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let host =
        RuntimeHost::start(EXECUTABLE, variables(VARIABLES).into_iter().chain(changed)).unwrap();
    for row in [
        json!({ "tenant": "client#web-client", "part": "client", "owner_tenant": "harbour" }),
        json!({ "tenant": "harbour", "part": "tenant", "display_name": "Harbour" }),
        json!({ "tenant": "harbour", "part": "message#forgot-password#de", "subject": ["canary"] }),
    ] {
        host.engines().put_row("directory", &row);
    }
    host
}

/// A message whose every personal detail bears a marker.
fn message() -> Value {
    json!({
        "version": "1",
        "region": "eu-central-1",
        "userPoolId": "eu-central-1_EXAMPLE01",
        "userName": "canary-user",
        "callerContext": { "awsSdkVersion": "x", "clientId": "web-client" },
        "triggerSource": "CustomMessage_ForgotPassword",
        "request": {
            "userAttributes": {
                "sub": "canary-sub",
                "email": "mail@canary.example",
                "phone_number": "+4930901820",
                "birthdate": "1903-02-01",
                "locale": "de-canary",
            },
            "codeParameter": "{####}",
            "linkParameter": "{##Click Here##}",
            "usernameParameter": null,
            "clientMetadata": { "note": "canary-metadata" },
        },
        "response": { "smsMessage": null, "emailMessage": null, "emailSubject": null },
    })
}

#[test]
fn the_executable_words_a_message() {
    let host = host(&[]);
    let answer = host.invoke(&message()).unwrap();
    assert_eq!(
        answer["response"]["emailSubject"],
        "Ein neues Passwort für Harbour"
    );
    assert_eq!(answer["request"], message()["request"]);
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn everybody_gets_a_message_and_nothing_personal_is_printed_when_the_table_is_not_there() {
    let host = host(&[("DIRECTORY_TABLE", "absent")]);
    assert_eq!(host.invoke(&message()).unwrap(), message());
    let lines = host.stop();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("ResourceNotFoundException")),
        "{lines:?}"
    );
    assert_discreet(&lines);
}
