//! The executable under Lambda's Runtime API: its answer, what it keeps, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use cloudevent::Limits;
use intake::Upload;
use lambda_kit::clock::Clock;
use serde_json::json;
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
    tokens::Token,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_event-uploaded");
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

#[test]
fn nothing_of_a_refused_event_is_printed() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let client = Token::client_row("harbour", "crm", "visitors-2026");
    host.engines().put_row("directory", &client);
    let token = Token::machine(Clock::system().now(), "harbour", "crm", "visitors-2026");
    let body = json!({
        "event": {
            "specversion": "1.0", "id": "canary-1", "source": "/scanners/3",
            "type": "com.example.scan.made.v1", "subject": "mail@canary.example",
            "datacontenttype": "application/pdf",
        },
        "bytes": 3_000_000,
        "sha256": "e3".repeat(32),
    });
    let limits = Limits::at(Clock::system().now());
    let id = Upload::read(body.to_string().as_bytes(), &limits)
        .unwrap()
        .id();
    // No type takes it: that is kept for its sender.
    let request = json!({
        "routeKey": "POST /v1/uploads/{upload_id}/complete",
        "pathParameters": { "upload_id": id },
        "headers": { "authorization": token.scope("fairlead/events.write").bearer() },
        "body": body.to_string(),
        "requestContext": { "requestId": "request-1" },
    });
    let answer = host.invoke(&request).unwrap();
    assert_eq!(answer["statusCode"], 400, "{answer}");
    let rows = host.engines().rows("quarantine");
    assert_eq!(rows[0]["bytes"], 3_000_000);
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
