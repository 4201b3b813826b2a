//! The executable under Lambda's Runtime API: its answers, its rows, and what it prints.
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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_profile-datasets");
const VARIABLES: [&str; 6] = [
    "PROFILES_TABLE",
    "DIRECTORY_TABLE",
    "LEDGER_TABLE",
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
];
const CALLER: &str = "prf_01010101010171018101010101010101";

fn host() -> RuntimeHost {
    let level = ("LOG_LEVEL".to_owned(), "trace".to_owned());
    let environment = variables(VARIABLES).into_iter().chain([level]);
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let profile = json!({ "profile_id": CALLER, "part": "profile", "version": 3, "fields": {} });
    host.engines().put_row("profiles", &profile);
    host
}

fn request(route: &str, body: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": route,
        "headers": {
            "authorization": "Bearer canary-token",
            "content-type": "application/json",
            "user-agent": "canary-agent",
        },
        "pathParameters": { "name": "canary.settings" },
        "queryStringParameters": { "since": "0" },
        "requestContext": {
            "requestId": "request-1",
            "authorizer": { "jwt": { "claims": {
                "sub": "canary-sub",
                "username": "canary-user",
                "client_id": testkit::tokens::WEB_CLIENT,
                "iss": testkit::tokens::TOKEN_ISSUER,
                "token_use": "access",
                "scope": "fairlead/profile.read fairlead/profile.write",
                "fairlead:profile": CALLER,
            } } },
        },
        "body": body,
        "isBase64Encoded": false,
    })
}

const PUSH: &str = r#"{"device":"Canary's phone","changes":[{"key":"canary-key","value":"mail@canary.example","version":0}]}"#;

#[test]
fn the_executable_pushes_pulls_lists_and_deletes() {
    let host = host();
    let route = "PATCH /v1/me/datasets/{name}";
    assert_eq!(
        host.invoke(&request(route, PUSH)).unwrap()["statusCode"],
        200
    );
    let other = PUSH.replace("mail@", "other@");
    assert_eq!(
        host.invoke(&request(route, &other)).unwrap()["statusCode"],
        409
    );
    for route in ["GET /v1/me/datasets", "GET /v1/me/datasets/{name}"] {
        let answer = host.invoke(&request(route, "")).unwrap();
        assert_eq!(answer["statusCode"], 200, "{answer}");
        assert!(answer["body"].as_str().unwrap().contains("canary"));
    }
    let deleted = host
        .invoke(&request("DELETE /v1/me/datasets/{name}", ""))
        .unwrap();
    assert_eq!(deleted["statusCode"], 204, "{deleted}");
    // The profile, and how many datasets there are.
    assert_eq!(host.engines().rows("profiles").len(), 2);
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn nothing_personal_is_printed_of_what_is_refused() {
    let host = host();
    for body in [
        r#"{"changes":[{"key":"canary\n","value":"mail@canary.example","version":0}]}"#,
        r#"{"changes":[{"key":"canary","value":["mail@canary.example"],"version":0}]}"#,
        r#""mail@canary.example""#,
    ] {
        let answer = host
            .invoke(&request("PATCH /v1/me/datasets/{name}", body))
            .unwrap();
        assert_eq!(answer["statusCode"], 400, "{body}");
        assert_discreet([&answer.to_string()]);
    }
    assert_discreet(&host.stop());
}

#[test]
fn nothing_personal_is_printed_when_a_row_can_not_be_read() {
    let host = host();
    for part in [
        "dataset#canary.settings",
        "dataset-key#canary.settings#canary-key",
    ] {
        let row = json!({ "profile_id": CALLER, "part": part, "version": "mail@canary.example" });
        host.engines().put_row("profiles", &row);
        let answer = host
            .invoke(&request("PATCH /v1/me/datasets/{name}", PUSH))
            .unwrap();
        assert_eq!(answer["statusCode"], 503);
        assert_discreet([&answer.to_string()]);
    }
    assert_discreet(&host.stop());
}

#[test]
fn nothing_personal_is_printed_or_returned_of_what_is_no_request() {
    let host = host();
    let Err(FunctionError::Returned { message, .. }) = host.invoke(&json!("mail@canary.example"))
    else {
        panic!("it was taken for a request");
    };
    assert_discreet(host.stop().iter().chain([&message]));
}
