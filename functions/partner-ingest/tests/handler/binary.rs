//! The executable under Lambda's Runtime API: its answer, its rows, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use lambda_kit::clock::Clock;
use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
    tokens::Token,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_partner-ingest");
const VARIABLES: [&str; 8] = [
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
    "DIRECTORY_TABLE",
    "LEDGER_TABLE",
    "EVENTS_TABLE",
    "EVENTS_BUCKET",
    "QUARANTINE_TABLE",
];
const KIND: &str = "com.example.order.placed.v1";

fn host() -> RuntimeHost {
    let level = ("LOG_LEVEL".to_owned(), "trace".to_owned());
    let environment = variables(VARIABLES).into_iter().chain([level]);
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let row = json!({
        "tenant": "harbour", "part": format!("event-type#{KIND}"), "revision": 1,
        "schema": r#"{"type":"object"}"#,
    });
    host.engines().put_row("directory", &row);
    let client = Token::client_row("harbour", "crm", "visitors-2026");
    host.engines().put_row("directory", &client);
    host
}

/// Events whose every personal detail bears a marker.
fn request(events: &Value) -> Value {
    let token = Token::machine(Clock::system().now(), "harbour", "crm", "visitors-2026");
    json!({
        "version": "2.0",
        "routeKey": "POST /v1/events",
        "headers": {
            "authorization": token.scope("fairlead/events.write").bearer(),
            "content-type": "application/cloudevents-batch+json",
        },
        "requestContext": { "http": { "sourceIp": "192.0.2.1" }, "requestId": "request-1" },
        "body": events.to_string(),
        "isBase64Encoded": false,
    })
}

fn event(data: &Value) -> Value {
    json!({
        "specversion": "1.0", "id": "1", "source": "/shops/17", "type": KIND,
        "subject": "mail@canary.example", "data": data,
    })
}

#[test]
fn the_executable_keeps_what_it_takes_and_prints_nothing_of_it() {
    let host = host();
    let taken = json!([event(&json!({ "email": "mail@canary.example" }))]);
    let answer = host.invoke(&request(&taken)).unwrap();
    assert_eq!(answer["statusCode"], 202, "{answer}");
    assert_eq!(host.engines().rows("events").len(), 1);
    assert_discreet(host.stop().iter().chain([&answer.to_string()]));
}

#[test]
fn nothing_personal_is_printed_or_told_of_what_is_refused() {
    let host = host();
    let refused = json!([
        event(&json!("mail@canary.example")),
        { "specversion": "1.0", "id": "2", "source": "/shops/17", "type": KIND, "time": "mail@canary.example" },
        "mail@canary.example",
    ]);
    let answer = host.invoke(&request(&refused)).unwrap();
    assert_eq!(answer["statusCode"], 400, "{answer}");
    assert_discreet(host.stop().iter().chain([&answer.to_string()]));
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
