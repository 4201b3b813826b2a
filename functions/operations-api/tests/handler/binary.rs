//! The executable under Lambda's Runtime API: its variables, its file, and how it signs what it asks.
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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_operations-api");
const VARIABLES: [&str; 7] = [
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
    "CONFIG_TABLE",
    "LAMBDA_TASK_ROOT",
    "HOUSE_NAMES",
    "SALESFORCE_FLOW_NAMES",
];

#[test]
fn an_operator_is_told_how_the_house_is_doing() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let now = Clock::system().now();
    let router = "fairlead-simulated-event-router";
    let engines = host.engines();
    engines.put_metric(("AWS/Lambda", "Invocations"), router, now, 3.0);
    let operator = Token::operator(now, "prf_019bc0e2128070000000000000000009");
    let token = operator.scope("fairlead/operations.read");
    let request = json!({
        "routeKey": "GET /v1/operations/house",
        "headers": { "authorization": token.bearer() },
        "requestContext": { "requestId": "request-1" },
    });
    let answer = host.invoke(&request).unwrap();
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let mut parts = body["parts"].as_array().unwrap().iter();
    let part = parts.find(|part| part["part"] == "function/event-router");
    assert_eq!(part.unwrap()["through"], 3);
    assert_discreet(host.stop().iter().chain([&answer.to_string()]));
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
