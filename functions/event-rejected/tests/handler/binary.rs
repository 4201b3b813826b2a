//! The executable under Lambda's Runtime API: its variables, and what it prints.
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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_event-rejected");
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
    let row =
        json!({ "sender": "harbour#crm", "rejected_id": "rej_1", "raw": "mail@canary.example" });
    host.engines().put_row("quarantine", &row);
    let client = Token::client_row("harbour", "crm", "visitors-2026");
    host.engines().put_row("directory", &client);
    let token = Token::machine(Clock::system().now(), "harbour", "crm", "visitors-2026");
    let request = json!({
        "routeKey": "GET /v1/events/rejected/{rejected_id}",
        "headers": { "authorization": token.scope("fairlead/events.write").bearer() },
        "pathParameters": { "rejected_id": "rej_1" },
        "requestContext": { "requestId": "request-1" },
    });
    let answer = host.invoke(&request).unwrap();
    assert_eq!(answer["statusCode"], 503, "{answer}");
    assert_discreet(host.stop().iter().chain([&answer.to_string()]));
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
