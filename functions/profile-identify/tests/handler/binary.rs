//! The executable under Lambda's Runtime API: its answers, its rows, and what it prints.
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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_profile-identify");
const VARIABLES: [&str; 11] = [
    "PROFILES_TABLE",
    "IDENTIFIERS_TABLE",
    "DIRECTORY_TABLE",
    "IDENTIFIER_KEY",
    "LEDGER_TABLE",
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
    "EVENTS_TABLE",
    "EVENTS_BUCKET",
    "QUARANTINE_TABLE",
];

fn host() -> RuntimeHost {
    let level = ("LOG_LEVEL".to_owned(), "trace".to_owned());
    let environment = variables(VARIABLES).into_iter().chain([level]);
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let partner = Token::client_row("harbour", "crm", "visitors-2026");
    host.engines().put_row("directory", &partner);
    host
}

/// What a partner's machine says, its every personal detail bearing a marker.
fn request(body: &Value) -> Value {
    let token = Token::machine(Clock::system().now(), "harbour", "crm", "visitors-2026")
        .scope("fairlead/profile.identify");
    json!({
        "version": "2.0",
        "routeKey": "POST /v1/identify",
        "headers": { "authorization": token.bearer(), "content-type": "application/json" },
        "requestContext": { "http": { "sourceIp": "192.0.2.1" }, "requestId": "request-1" },
        "body": body.to_string(),
        "isBase64Encoded": false,
    })
}

fn said() -> Value {
    json!({
        "anonymous_id": "d3b07384-canary-113edec49",
        "external_id": "canary-customer",
        "email": "mail@canary.example",
        "phone_number": "+4930901820",
        "traits": { "given_name": "Canary Given", "birthdate": "1903-02-01" },
    })
}

#[test]
fn the_executable_makes_a_profile_of_what_is_said() {
    let host = host();
    let answer = host.invoke(&request(&said())).unwrap();
    assert_eq!(answer["statusCode"], 204, "{answer}");
    let identifiers = host.engines().rows("identifiers");
    assert_eq!(identifiers.len(), 4);
    let keys = json!(identifiers).to_string();
    assert!(!keys.contains("canary"), "{keys}");
    let rows = host.engines().rows("profiles");
    let again = host.invoke(&request(&said())).unwrap();
    assert_eq!(again["statusCode"], 204, "{again}");
    assert_eq!(host.engines().rows("profiles"), rows);
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn nothing_personal_is_printed_of_what_is_refused() {
    let host = host();
    for field in [
        "anonymous_id",
        "external_id",
        "email",
        "phone_number",
        "traits",
    ] {
        let mut body = said();
        body[field] = "canary\u{0}".into();
        let answer = host.invoke(&request(&body)).unwrap();
        assert_eq!(answer["statusCode"], 400, "{field}");
        assert_discreet([&answer.to_string()]);
    }
    let mut forged = request(&said());
    forged["headers"]["authorization"] = "Bearer canary-token".into();
    assert_eq!(host.invoke(&forged).unwrap()["statusCode"], 401);
    assert_discreet(&host.stop());
}

#[test]
fn nothing_personal_is_printed_when_rows_can_not_be_read() {
    let host = host();
    host.invoke(&request(&said())).unwrap();
    for mut row in host.engines().rows("identifiers") {
        row["profile_id"] = "mail@canary.example".into();
        host.engines().put_row("identifiers", &row);
    }
    let answer = host.invoke(&request(&said())).unwrap();
    assert_eq!(answer["statusCode"], 503);
    assert_discreet(host.stop().iter().chain([&answer.to_string()]));
}

#[test]
fn what_is_no_rule_in_the_row_of_rules_is_named() {
    let host = host();
    let row = json!({
        "tenant": "*", "part": "identifier-rules", "blokced": ["c-17"], "limits": { "emails": 5 },
    });
    host.engines().put_row("directory", &row);
    let answer = host.invoke(&request(&said())).unwrap();
    assert_eq!(answer["statusCode"], 204, "{answer}");
    let lines = host.stop();
    let warnings = lines.iter().filter(|line| line.contains("that is no rule"));
    let warnings: Vec<Value> = warnings
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(warnings.iter().all(|warning| warning["level"] == "WARN"));
    let named: Vec<&Value> = warnings.iter().map(|each| &each["attribute"]).collect();
    assert_eq!(named, ["blokced", "limits.emails"]);
}
