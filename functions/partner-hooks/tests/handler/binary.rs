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
    engine::{HOOK_SECRETS, variables},
    runtime_host::RuntimeHost,
};
use webhook::{Signer, sign};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_partner-hooks");
const VARIABLES: [&str; 6] = [
    "DIRECTORY_TABLE",
    "LEDGER_TABLE",
    "EVENTS_TABLE",
    "EVENTS_BUCKET",
    "QUARANTINE_TABLE",
    "HOOK_SECRETS",
];
const KIND: &str = "com.example.order.placed.v1";
/// `canary` is in it as it stands.
const SECRET: &str = "whsec_canarycanarycanarycanarycanarycanaryca";

fn host() -> RuntimeHost {
    let level = ("LOG_LEVEL".to_owned(), "trace".to_owned());
    let environment = variables(VARIABLES).into_iter().chain([level]);
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    for row in [
        json!({ "tenant": "harbour", "part": "partner#crm", "display_name": "The CRM" }),
        json!({ "tenant": "harbour", "part": "hook#crm/orders", "external_id": "/data/customer" }),
        json!({
            "tenant": "harbour", "part": format!("event-type#{KIND}"), "revision": 1,
            "schema": r#"{"type":"object"}"#,
        }),
    ] {
        host.engines().put_row("directory", &row);
    }
    let name = format!("{HOOK_SECRETS}/harbour/crm/orders");
    host.engines().put_secret(&name, SECRET);
    host
}

/// A message whose every personal detail bears a marker.
fn request(data: &Value) -> Value {
    let body = json!({ "type": KIND, "data": data }).to_string();
    let signers = [Signer::Secret(SECRET.parse().unwrap())];
    let signed = sign(&signers, "msg_1", Clock::system().now(), body.as_bytes()).unwrap();
    let mut headers = json!({});
    for (name, value) in signed.headers() {
        headers[name] = value.into();
    }
    json!({
        "version": "2.0",
        "routeKey": "POST /v1/hooks/{partner}/{source}",
        "pathParameters": { "partner": "harbour.crm", "source": "orders" },
        "headers": headers,
        "requestContext": { "http": { "sourceIp": "192.0.2.1" }, "requestId": "request-1" },
        "body": body,
        "isBase64Encoded": false,
    })
}

#[test]
fn the_executable_keeps_what_it_takes_and_prints_nothing_of_it() {
    let host = host();
    let data = json!({ "customer": "canary-customer", "email": "mail@canary.example" });
    let answer = host.invoke(&request(&data)).unwrap();
    assert_eq!(answer["statusCode"], 202, "{answer}");
    let refused = host
        .invoke(&request(&json!("mail@canary.example")))
        .unwrap();
    assert_eq!(refused["statusCode"], 400, "{refused}");
    assert_eq!(host.engines().rows("events").len(), 1);
    assert_discreet(
        host.stop()
            .iter()
            .chain([&answer.to_string(), &refused.to_string()]),
    );
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
