//! The executable under Lambda's Runtime API: its answers, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::{EXPORTS_BUCKET, variables},
    runtime_host::{FunctionError, RuntimeHost},
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_profile-export");
const VARIABLES: [&str; 13] = [
    "PROFILES_TABLE",
    "IDENTIFIERS_TABLE",
    "IDENTIFIER_KEY",
    "DIRECTORY_TABLE",
    "RECEIPTS_TABLE",
    "AUDIENCES_TABLE",
    "ERASURES_TABLE",
    "USER_POOL_ID",
    "EXPORTS_BUCKET",
    "LEDGER_TABLE",
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
];
const JANE: &str = "prf_01010101010171018101010101010101";

/// Somebody whose name bears a marker.
fn host() -> RuntimeHost {
    let trace_level = ("LOG_LEVEL".to_owned(), "trace".to_owned());
    let environment = variables(VARIABLES).into_iter().chain([trace_level]);
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let name =
        json!({ "value": "mail@canary.example", "at": "2025-06-01T00:00:00Z", "source": "person" });
    host.engines().put_row(
        "profiles",
        &json!({
            "profile_id": JANE,
            "part": "profile",
            "version": 1,
            "fields": { "display_name": name },
            "created_at": "2025-06-01T00:00:00Z",
            "updated_at": "2025-06-01T00:00:00Z",
            "last_request": "an earlier request",
        }),
    );
    host
}

fn request() -> Value {
    json!({
        "routeKey": "POST /v1/me/export",
        "headers": { "user-agent": "canary-agent" },
        "requestContext": { "requestId": "request-1", "authorizer": { "jwt": { "claims": {
            "sub": "canary-sub",
            "username": "canary-user",
            "iss": testkit::tokens::TOKEN_ISSUER,
            "token_use": "access",
            "client_id": testkit::tokens::WEB_CLIENT,
            "scope": "fairlead/profile.read",
            "fairlead:profile": JANE,
        } } } },
    })
}

#[test]
fn the_executable_exports_and_prints_neither_what_nor_where() {
    let host = host();
    let answer = host.invoke(&request()).unwrap();
    assert_eq!(answer["statusCode"], 201, "{answer}");
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let [object] = &host.engines().objects(EXPORTS_BUCKET)[..] else {
        panic!("one archive is there")
    };
    let files = object.unzipped().unwrap();
    let profile = &files[&format!("{JANE}/profile.json")];
    assert!(String::from_utf8_lossy(profile).contains("canary.example"));
    let lines = host.stop();
    assert_discreet(&lines);
    let signature = body["url"]
        .as_str()
        .unwrap()
        .split_once("X-Amz-Signature=")
        .unwrap()
        .1;
    let signature = signature.split('&').next().unwrap();
    assert!(lines.iter().all(|line| !line.contains(signature)));
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
