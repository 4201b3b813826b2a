//! The executable under Lambda's Runtime API: its answers, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
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
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
];
const JANE: &str = "prf_01010101010171018101010101010101";

/// The executable has the machine's clock, and so has whoever asks.
#[expect(
    clippy::disallowed_methods,
    reason = "what an executable sees as of today has to be of the machine's day"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

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

/// A receipt of this moment whose reason bears a marker.
fn receipt() -> Value {
    let at = now();
    let day = at.to_zoned(TimeZone::UTC).date();
    json!({
        "profile_id": JANE,
        "receipt_id": format!("rcp_{:012x}7000800000000000000a", at.as_millisecond()),
        "partner_day": format!("harbour#chandlery#{day}#2"),
        "tenant": "harbour",
        "partner": "chandlery",
        "purpose": "newsletter",
        "outcome": "allowed",
        "allowed": ["names"],
        "withheld": {},
        "policies": ["by-consent"],
        "reason": "for mail@canary.example",
        "at": at,
        "request_id": "request-0",
        "expires_at": at.as_second() + 365 * 86_400,
    })
}

fn request(route: &str) -> Value {
    let from = now() - SignedDuration::from_hours(1);
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawQueryString": "q=canary-query",
        "queryStringParameters": {
            "partner": "chandlery",
            "from": from.to_string(),
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

fn operator() -> Token {
    Token::operator(now(), JANE).scope("fairlead/receipts.read")
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
