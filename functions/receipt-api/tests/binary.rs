//! The executable under Lambda's Runtime API: its answers, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::{FunctionError, RuntimeHost},
    tokens::Token,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_receipt-api");
const VARIABLES: [&str; 6] = [
    "RECEIPTS_TABLE",
    "PROFILES_TABLE",
    "DIRECTORY_TABLE",
    "TOKEN_ISSUER",
    "WEB_CLIENT_ID",
    "OPERATORS_CLIENT_IDS",
];
const JANE: &str = "prf_01010101010171018101010101010101";

fn host() -> RuntimeHost {
    let trace_level = ("LOG_LEVEL".to_owned(), "trace".to_owned());
    let environment = variables(VARIABLES).into_iter().chain([trace_level]);
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    host.engines().put_row("receipts", &receipt());
    let profile = json!({
        "profile_id": JANE,
        "part": "profile",
        "version": 1,
        "fields": { "email": { "value": "mail@canary.example", "at": "2026-01-15T09:00:00Z", "source": "login" } },
        "created_at": "2026-01-15T09:00:00Z",
        "updated_at": "2026-01-15T09:00:00Z",
        "last_request": "request-0",
    });
    host.engines().put_row("profiles", &profile);
    host
}

/// A receipt whose reason bears a marker.
fn receipt() -> Value {
    json!({
        "profile_id": JANE,
        "receipt_id": "rcp_019bc10dd4807000800000000000000a",
        "partner_day": "harbour#chandlery#2026-01-15#2",
        "tenant": "harbour",
        "partner": "chandlery",
        "purpose": "newsletter",
        "outcome": "allowed",
        "allowed": ["names"],
        "withheld": {},
        "policies": ["by-consent"],
        "reason": "for mail@canary.example",
        "at": "2026-01-15T09:00:00Z",
        "request_id": "request-0",
        "expires_at": 1_800_000_000,
    })
}

fn request(route: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawQueryString": "q=canary-query",
        "queryStringParameters": {
            "partner": "chandlery",
            "from": "2026-01-15T00:00:00Z",
            "to": "2026-01-16T00:00:00Z",
        },
        "headers": { "user-agent": "canary-agent" },
        "requestContext": {
            "requestId": "request-1",
            "authorizer": { "jwt": { "claims": {
                "sub": "canary-sub",
                "username": "canary-user",
                "iss": testkit::tokens::TOKEN_ISSUER,
                "token_use": "access",
                "client_id": testkit::tokens::WEB_CLIENT,
                "scope": "fairlead/profile.read",
                "fairlead:profile": JANE,
            } } },
        },
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the executable has the machine's clock, and so has the token"
)]
fn operator() -> Token {
    Token::operator(Timestamp::now(), JANE).scope("fairlead/receipts.read")
}

#[test]
fn the_executable_answers_people_and_operators_and_prints_nothing_personal() {
    let host = host();
    let own = host.invoke(&request("GET /v1/me/receipts")).unwrap();
    assert_eq!(own["statusCode"], 200, "{own}");
    assert!(own["body"].as_str().unwrap().contains("canary.example"));
    let mut of_partner = request("GET /v1/receipts");
    let refused = host.invoke(&of_partner).unwrap();
    assert_eq!(refused["statusCode"], 401, "{refused}");
    of_partner["headers"]["authorization"] = operator().bearer().into();
    let seen = host.invoke(&of_partner).unwrap();
    assert_eq!(seen["statusCode"], 200, "{seen}");
    assert!(seen["body"].as_str().unwrap().contains(JANE), "{seen}");
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn nothing_personal_is_printed_or_returned_of_what_is_no_request() {
    let host = host();
    let mut errors = Vec::new();
    let mut misshapen = request("GET /v1/receipts");
    misshapen["queryStringParameters"] = json!(["mail@canary.example"]);
    for event in [json!("mail@canary.example"), misshapen] {
        let Err(FunctionError::Returned { message, .. }) = host.invoke(&event) else {
            panic!("{event} was taken for a request");
        };
        errors.push(message);
    }
    assert_discreet(host.stop().iter().chain(&errors));
}
