//! The executable under Lambda's Runtime API: its answer, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use lambda_kit::clock::Clock;
use serde_json::json;
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
    tokens::Token,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_event-uploads");
const VARIABLES: [&str; 7] = [
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
    "DIRECTORY_TABLE",
    "LEDGER_TABLE",
    "EVENTS_TABLE",
    "EVENTS_BUCKET",
];

#[test]
fn neither_what_is_announced_nor_the_link_is_printed() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let row = json!({
        "tenant": "harbour", "part": "event-type#com.example.scan.made.v1", "revision": 1,
        "schema": r#"{"contentMediaType":"application/pdf"}"#,
    });
    host.engines().put_row("directory", &row);
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
    let request = json!({
        "routeKey": "POST /v1/uploads",
        "headers": { "authorization": token.scope("fairlead/events.write").bearer() },
        "body": body.to_string(),
        "requestContext": { "requestId": "request-1" },
    });
    let answer = host.invoke(&request).unwrap();
    assert_eq!(answer["statusCode"], 201, "{answer}");
    let printed = host.stop();
    let is_link = |line: &String| line.contains("X-Amz-Signature");
    assert!(!printed.iter().any(is_link), "{printed:?}");
    assert_discreet(&printed);
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
