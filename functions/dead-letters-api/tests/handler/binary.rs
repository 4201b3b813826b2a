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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_dead-letters-api");
const VARIABLES: [&str; 10] = [
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
    "LEDGER_TABLE",
    "QUEUE_PREFIX",
    "FANOUT_PARTNERS",
    "QUEUES_WITH",
    "PROFILES_TABLE",
    "EVENTS_TABLE",
    "RECEIPTS_BUCKET",
];

#[test]
fn a_dead_letter_gets_back_and_nothing_that_it_says_is_printed() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let body = json!({ "detail": { "subject": "canary-1", "data": "mail@canary.example" } });
    let queue = "events-in-dead-letters";
    let engines = host.engines();
    engines.put_message(queue, &body.to_string(), &[], 5);
    let operator = Token::operator(
        Clock::system().now(),
        "prf_019bc0e2128070000000000000000009",
    );
    let token = operator.scope("fairlead/dead-letters.redrive");
    let request = json!({
        "routeKey": "POST /v1/dead-letters/{queue}/redrive",
        "headers": { "authorization": token.bearer(), "content-type": "application/json" },
        "pathParameters": { "queue": queue },
        "body": "{\"all\":true}",
        "requestContext": { "requestId": "request-1" },
    });
    let answer = host.invoke(&request).unwrap();
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(host.engines().held_messages(queue), []);
    assert_eq!(host.engines().sent_messages("events-in").len(), 1);
    assert_discreet(host.stop().iter().chain([&answer.to_string()]));
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
