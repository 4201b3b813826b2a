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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_partner-subscriptions");
const VARIABLES: [&str; 8] = [
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
    "DIRECTORY_TABLE",
    "LEDGER_TABLE",
    "SUBSCRIPTIONS_TABLE",
    "DELIVERIES_TABLE",
    "WEBHOOK_REACH",
];

#[test]
fn neither_where_a_partner_is_told_nor_its_secret_is_printed() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let client = Token::client_row("harbour", "crm", "visitors-2026");
    host.engines().put_row("directory", &client);
    let token = Token::machine(Clock::system().now(), "harbour", "crm", "visitors-2026");
    let wanted = json!({
        "url": "https://hooks.canary.example/mail@canary.example",
        "types": ["com.example.order.placed.v1"],
        "purpose": "newsletter",
    });
    let request = json!({
        "routeKey": "POST /v1/subscriptions",
        "headers": {
            "authorization": token.scope("fairlead/subscriptions.write").bearer(),
            "content-type": "application/json",
        },
        "body": wanted.to_string(),
        "requestContext": { "requestId": "request-1" },
    });
    let answer = host.invoke(&request).unwrap();
    assert_eq!(answer["statusCode"], 201, "{answer}");
    let row = &host.engines().rows("subscriptions")[0];
    let secret = row["secrets"]["current"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_"), "{secret}");
    let printed = host.stop();
    assert_discreet(&printed);
    assert!(printed.iter().all(|line| !line.contains(&secret)));
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
