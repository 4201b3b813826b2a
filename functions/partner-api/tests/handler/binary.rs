//! The executable under Lambda's Runtime API: its answers, its receipts, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use identity::{Identifier, IdentifierKey};
use lambda_kit::{clock::Clock, config::Environment};
use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::{resource_environment, variables},
    runtime_host::{FunctionError, RuntimeHost},
    tokens::Token,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_partner-api");
const PERSON: &str = "prf_01010101010171018101010101010101";

const VARIABLES: [&str; 9] = [
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
    "DIRECTORY_TABLE",
    "IDENTIFIERS_TABLE",
    "IDENTIFIER_KEY",
    "PROFILES_TABLE",
    "RECEIPTS_TABLE",
    "LEDGER_TABLE",
];

/// The function with everything that a partner may read of a person, every personal detail bearing
/// a marker.
fn host() -> RuntimeHost {
    let log_level = ("LOG_LEVEL".to_owned(), "trace".to_owned());
    let environment = variables(VARIABLES).into_iter().chain([log_level]);
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let email = Identifier::Email("mail@canary.example".parse().unwrap());
    let environment = Environment::from_pairs(resource_environment());
    let key = IdentifierKey::from_environment(&environment).unwrap();
    let field = |value: &str| json!({ "value": value, "verified": true, "at": "2025-06-01T00:00:00Z", "source": "login" });
    for (table, row) in [
        (
            "directory",
            Token::client_row("harbour", "chandlery", "letters"),
        ),
        (
            "directory",
            json!({
                "tenant": "harbour", "part": "purpose#newsletter", "display_name": "Newsletter",
                "legal_basis": "consent", "text_versions": ["canary-1"],
            }),
        ),
        (
            "directory",
            json!({
                "tenant": "harbour", "part": "agreement#letters", "partner": "chandlery",
                "terms": { "newsletter": ["names", "contacts", "demographics"] },
            }),
        ),
        (
            "identifiers",
            json!({
                "identifier": email.key(&key), "profile_id": PERSON, "member": PERSON, "verified": true,
            }),
        ),
        (
            "profiles",
            json!({
                "profile_id": PERSON,
                "part": "profile",
                "version": 3,
                "fields": {
                    "email": field("mail@canary.example"),
                    "phone_number": field("+4930901820"),
                    "given_name": field("Canary Given"),
                    "birthdate": field("1903-02-01"),
                },
                "created_at": "2025-06-01T00:00:00Z",
                "updated_at": "2025-06-02T00:00:00Z",
                "last_request": "an earlier request",
            }),
        ),
        (
            "profiles",
            json!({
                "profile_id": PERSON, "part": "consent#harbour#newsletter", "tenant": "harbour",
                "purpose": "newsletter", "ruling": "granted", "text_version": "canary-1",
                "surface": "self-service", "decided_at": "2025-07-01T00:00:00Z", "version": 1,
            }),
        ),
    ] {
        host.engines().put_row(table, &row);
    }
    host
}

/// A token that is valid on the machine's own clock, by which the executable goes.
fn token() -> Token {
    Token::machine(Clock::system().now(), "harbour", "chandlery", "letters")
        .scope("fairlead/profile.read")
}

fn request(route: &str, body: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": "/v1/profiles",
        "rawQueryString": "q=canary-query",
        "headers": {
            "authorization": token().bearer(),
            "content-type": "application/json",
            "fairlead-purpose": "newsletter",
            "fairlead-reason": "canary-reason",
            "user-agent": "canary-agent",
        },
        "pathParameters": { "profile_id": PERSON },
        "requestContext": {
            "http": { "sourceIp": "192.0.2.1", "userAgent": "canary-agent" },
            "requestId": "request-1",
        },
        "body": body,
        "isBase64Encoded": false,
    })
}

#[test]
fn the_executable_answers_each_route_with_a_receipt_and_prints_nobodys_data() {
    let host = host();
    for (route, body) in [
        ("GET /v1/profiles/{profile_id}", ""),
        (
            "POST /v1/profiles/resolve",
            r#"{"email":"mail@canary.example"}"#,
        ),
        (
            "POST /v1/profiles/batch",
            r#"{"profiles":[{"email":"mail@canary.example"}]}"#,
        ),
    ] {
        let answer = host.invoke(&request(route, body)).unwrap();
        assert_eq!(answer["statusCode"], 200, "{answer}");
        let told = answer["body"].as_str().unwrap();
        assert!(
            told.contains("Canary Given") && told.contains("rcp_"),
            "{told}"
        );
    }
    assert_eq!(host.engines().rows("receipts").len(), 3);
    assert_discreet(&host.stop());
}

#[test]
fn nothing_personal_is_printed_of_what_is_refused() {
    let host = host();
    for body in [
        r#"{"email":"canary"}"#,
        r#"{"phone_number":"canary"}"#,
        r#"{"canary_field":"mail@canary.example"}"#,
        r#"{"email":"mail@canary.example""#,
        "\"mail@canary.example\"",
    ] {
        let answer = host.invoke(&request("POST /v1/profiles/resolve", body));
        assert_eq!(answer.unwrap()["statusCode"], 400, "{body}");
    }
    let mut unsigned = request("GET /v1/profiles/{profile_id}", "");
    unsigned["headers"]["authorization"] = "Bearer canary.canary.canary".into();
    assert_eq!(host.invoke(&unsigned).unwrap()["statusCode"], 401);
    assert_discreet(&host.stop());
}

#[test]
fn nothing_personal_is_printed_or_returned_of_what_is_no_request() {
    let host = host();
    let mut event = request("GET /v1/profiles/{profile_id}", "");
    event["headers"] = json!({ "mail@canary.example": ["+4930901820"] });
    let Err(FunctionError::Returned { message, .. }) = host.invoke(&event) else {
        panic!("{event} was taken for a request");
    };
    let lines = host.stop();
    assert_discreet(lines.iter().chain([&message]));
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
