//! The executable under Lambda's Runtime API: its answer, its receipts, and what it prints.
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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_partner-changes");
const PERSON: &str = "prf_01010101010171018101010101010101";
const VARIABLES: [&str; 9] = [
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
    "DIRECTORY_TABLE",
    "PROFILES_TABLE",
    "RECEIPTS_TABLE",
    "LEDGER_TABLE",
    "AUDIENCES_TABLE",
    "IDENTIFIER_KEY",
];

/// The function with a person who agreed to a newsletter, every personal detail bearing a marker.
fn host() -> RuntimeHost {
    let log_level = ("LOG_LEVEL".to_owned(), "trace".to_owned());
    let environment = variables(VARIABLES).into_iter().chain([log_level]);
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let now = Clock::system().now();
    let field =
        |value: &str| json!({ "value": value, "at": "2025-06-01T00:00:00Z", "source": "person" });
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
                "terms": { "newsletter": ["names", "contacts"] },
            }),
        ),
        (
            "profiles",
            json!({
                "profile_id": PERSON, "part": "profile", "version": 3,
                "fields": { "email": field("mail@canary.example"), "given_name": field("Canary Given") },
                "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
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
        (
            "audiences",
            json!({
                "audience": "harbour#newsletter#1", "part": format!("member#{PERSON}"),
                "profile_id": PERSON,
            }),
        ),
        (
            "audiences",
            json!({
                "audience": "harbour#newsletter#1", "part": format!("change#{:020}", 1),
                "profile_id": PERSON, "at": now.to_string(), "purge_at": now.as_second() + 60,
            }),
        ),
    ] {
        host.engines().put_row(table, &row);
    }
    host
}

/// A request with a token that is valid on the machine's own clock, by which the executable goes.
fn request(query: &Value) -> Value {
    let token = Token::machine(Clock::system().now(), "harbour", "chandlery", "letters");
    json!({
        "version": "2.0",
        "routeKey": "GET /v1/changes",
        "rawQueryString": "q=canary-query",
        "headers": {
            "authorization": token.scope("fairlead/profile.read").bearer(),
            "fairlead-purpose": "newsletter",
            "fairlead-reason": "canary-reason",
            "user-agent": "canary-agent",
        },
        "queryStringParameters": query,
        "requestContext": { "requestId": "request-1" },
    })
}

#[test]
fn the_executable_tells_of_changes_with_a_receipt_and_prints_nobodys_data() {
    let host = host();
    let begun = host.invoke(&request(&json!({}))).unwrap();
    assert_eq!(begun["statusCode"], 200, "{begun}");
    let page: Value = serde_json::from_str(begun["body"].as_str().unwrap()).unwrap();
    let since = page["next"].as_str().unwrap();
    // There is no count of the changes yet, so the place is before the first one.
    let answer = host.invoke(&request(&json!({ "since": since }))).unwrap();
    assert!(
        answer["body"].as_str().unwrap().contains("Canary Given"),
        "{answer}"
    );
    assert_eq!(host.engines().rows("receipts").len(), 1);
    let refused = host
        .invoke(&request(&json!({ "since": "canary" })))
        .unwrap();
    assert_eq!(refused["statusCode"], 400, "{refused}");
    assert!(!refused.to_string().contains("canary"));
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
