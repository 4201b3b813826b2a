//! The executable under Lambda's Runtime API: its answers, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::{FunctionError, RuntimeHost},
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_identity-logins");
const VARIABLES: [&str; 9] = [
    "PROFILES_TABLE",
    "DIRECTORY_TABLE",
    "IDENTIFIERS_TABLE",
    "USER_POOL_ID",
    "IDENTIFIER_KEY",
    "LEDGER_TABLE",
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
];
const JANE: &str = "prf_01010101010171018101010101010101";

/// Somebody whose login bears a marker.
fn host() -> RuntimeHost {
    let trace_level = ("LOG_LEVEL".to_owned(), "trace".to_owned());
    let environment = variables(VARIABLES).into_iter().chain([trace_level]);
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let pool = host.engines().user_pool();
    pool.add_provider("Google", "Google", &["email"]);
    let attributes = [("email", "mail@canary.example"), ("sub", "canary-sub")];
    pool.sign_up_federated("Google", "canary-subject", &attributes)
        .unwrap();
    host.engines().put_row(
        "profiles",
        &json!({
            "profile_id": JANE,
            "part": "profile",
            "version": 1,
            "fields": {},
            "created_at": "2025-06-01T00:00:00Z",
            "updated_at": "2025-06-01T00:00:00Z",
            "last_request": "an earlier request",
        }),
    );
    host.engines().put_row(
        "profiles",
        &json!({
            "profile_id": JANE,
            "part": "identifier#cognito_sub#1",
            "value": pool.attributes("google_canary-subject")["sub"],
            "at": "2025-06-01T00:00:00Z",
        }),
    );
    host
}

fn request(route: &str, login: &str) -> Value {
    json!({
        "routeKey": route,
        "headers": { "user-agent": "canary-agent" },
        "pathParameters": { "login": login },
        "requestContext": { "requestId": "request-1", "authorizer": { "jwt": { "claims": {
            "sub": "canary-sub",
            "username": "canary-user",
            "iss": testkit::tokens::TOKEN_ISSUER,
            "token_use": "access",
            "client_id": testkit::tokens::WEB_CLIENT,
            "scope": "fairlead/profile.read fairlead/profile.write",
            "fairlead:profile": JANE,
        } } } },
    })
}

#[test]
fn the_executable_answers_and_prints_nothing_personal() {
    let host = host();
    let seen = host.invoke(&request("GET /v1/me/logins", "")).unwrap();
    assert_eq!(seen["statusCode"], 200, "{seen}");
    let body: Value = serde_json::from_str(seen["body"].as_str().unwrap()).unwrap();
    let login = body["logins"][0]["login"].as_str().unwrap();
    let route = "DELETE /v1/me/logins/{login}";
    let refused = host.invoke(&request(route, login)).unwrap();
    assert_eq!(refused["statusCode"], 409, "{refused}");
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn nothing_personal_is_printed_or_returned_of_what_is_no_request() {
    let host = host();
    let Err(FunctionError::Returned { message, .. }) = host.invoke(&json!("mail@canary.example"))
    else {
        panic!("a text was taken for a request");
    };
    assert_discreet(host.stop().iter().chain([&message]));
}
