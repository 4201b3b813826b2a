//! The executable under Lambda's Runtime API: its answer, its rows, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tenancy::write_key_part;
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_partner-segment");
const VARIABLES: [&str; 5] = [
    "DIRECTORY_TABLE",
    "LEDGER_TABLE",
    "EVENTS_TABLE",
    "EVENTS_BUCKET",
    "QUARANTINE_TABLE",
];
/// A key is as secret as what is personal.
const KEY: &str = "wk-canary";

fn host() -> RuntimeHost {
    let level = ("LOG_LEVEL".to_owned(), "trace".to_owned());
    let environment = variables(VARIABLES).into_iter().chain([level]);
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let partner = json!({ "tenant": "harbour", "part": "partner#crm", "display_name": "The CRM" });
    host.engines().put_row("directory", &partner);
    let key = json!({
        "tenant": "*", "part": write_key_part(KEY), "owner_tenant": "harbour", "partner": "crm",
    });
    host.engines().put_row("directory", &key);
    host
}

/// Messages whose every personal detail bears a marker.
fn request(messages: &Value) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "POST /v1/batch",
        "headers": { "authorization": format!("Basic {}", BASE64_STANDARD.encode(format!("{KEY}:"))) },
        "requestContext": { "http": { "sourceIp": "192.0.2.1" }, "requestId": "request-1" },
        "body": json!({ "batch": messages }).to_string(),
        "isBase64Encoded": false,
    })
}

#[test]
fn the_executable_keeps_what_it_takes_and_prints_nothing_of_it() {
    let host = host();
    let message = json!({
        "type": "identify", "messageId": "1", "userId": "mail@canary.example",
        "traits": { "email": "mail@canary.example" },
    });
    let refused = json!({ "type": "track", "userId": "mail@canary.example" });
    let answer = host.invoke(&request(&json!([message, refused]))).unwrap();
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(host.engines().rows("events").len(), 1);
    assert_eq!(host.engines().rows("quarantine").len(), 1);
    assert_discreet(host.stop().iter().chain([&answer.to_string()]));
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
