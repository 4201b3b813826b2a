//! The executable under Lambda's Runtime API: its answers, its rows, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::assert_discreet,
    engine::variables,
    runtime_host::{FunctionError, RuntimeHost, StartError},
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_profile-api");
const CALLER: &str = "prf_01010101010171018101010101010101";

fn host(table: &str) -> RuntimeHost {
    let of_test = [
        ("LOG_LEVEL", "trace"),
        ("PROFILES_TABLE", table),
        ("DIRECTORY_TABLE", "directory"),
        ("LEDGER_TABLE", "ledger"),
        ("TOKEN_ISSUER", testkit::tokens::TOKEN_ISSUER),
        ("WEB_CLIENT_IDS", testkit::tokens::WEB_CLIENT),
        ("OPERATORS_CLIENT_IDS", testkit::tokens::OPERATORS_CLIENT),
    ];
    let of_test = of_test.map(|(name, value)| (name.to_owned(), value.to_owned()));
    RuntimeHost::start(EXECUTABLE, of_test).unwrap()
}

/// What the caller can decide on: a sale of their data.
fn purpose() -> Value {
    json!({
        "tenant": "harbour",
        "part": "purpose#account-notices",
        "display_name": "Account notices",
        "legal_basis": "consent",
        "text_versions": ["canary-1"],
        "sale_or_sharing": true,
    })
}

/// The caller's row, its every personal detail bearing a marker.
fn profile() -> Value {
    let field = |value: &str| json!({ "value": value, "verified": true, "at": "2025-06-01T00:00:00Z", "source": "login" });
    json!({
        "profile_id": CALLER,
        "part": "profile",
        "version": 3,
        "fields": {
            "email": field("mail@canary.example"),
            "phone_number": field("+4930901820"),
            "given_name": field("Canary Given"),
            "family_name": field("Canary Family"),
            "display_name": field("Canary Display"),
            "locale": field("de-canary"),
            "time_zone": field("Atlantic/Canary"),
            "birthdate": field("1903-02-01"),
        },
        "created_at": "2025-06-01T00:00:00Z",
        "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
    })
}

fn request(route: &str, body: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": "/v1/me",
        "rawQueryString": "q=canary-query",
        "headers": {
            "authorization": "Bearer canary-token",
            "content-type": "application/json",
            "if-match": "\"3\"",
            "user-agent": "canary-agent",
        },
        "pathParameters": { "purpose": "account-notices" },
        "requestContext": {
            "http": { "sourceIp": "192.0.2.1", "userAgent": "canary-agent" },
            "requestId": "request-1",
            "authorizer": { "jwt": { "claims": {
                "sub": "canary-sub",
                "username": "canary-user",
                "email": "mail@canary.example",
                "iss": testkit::tokens::TOKEN_ISSUER,
                "token_use": "access",
                "client_id": testkit::tokens::WEB_CLIENT,
                "scope": "fairlead/profile.read fairlead/profile.write",
                "fairlead:profile": CALLER,
                "fairlead:tenant": "harbour",
            } } },
        },
        "body": body,
        "isBase64Encoded": false,
    })
}

#[test]
fn the_executable_reads_changes_and_records_consent() {
    let host = host("profiles");
    host.engines().put_row("profiles", &profile());
    host.engines().put_row("directory", &purpose());
    let read = host.invoke(&request("GET /v1/me", "")).unwrap();
    assert_eq!(read["statusCode"], 200);
    assert!(
        read["body"]
            .as_str()
            .unwrap()
            .contains("mail@canary.example")
    );
    let mut patch = request(
        "PATCH /v1/me",
        r#"{"display_name":"Canary Newname","birthdate":"1903-02-01","locale":"fr-canary"}"#,
    );
    patch["headers"]["idempotency-key"] = "canary-0123456789abcdef".into();
    let changed = host.invoke(&patch).unwrap();
    assert_eq!(changed["statusCode"], 200, "{changed}");
    assert_eq!(changed["headers"]["etag"], "\"4\"");
    let again = host.invoke(&patch).unwrap();
    assert_eq!(again["headers"]["idempotency-replayed"], "true", "{again}");
    assert_eq!(again["body"], changed["body"]);
    let consent = request(
        "PUT /v1/me/consents/{purpose}",
        r#"{"decision":"granted","text_version":"canary-1"}"#,
    );
    assert_eq!(host.invoke(&consent).unwrap()["statusCode"], 200);
    // The profile, the consent, its evidence and the two events that tell of them.
    assert_eq!(host.engines().rows("profiles").len(), 5);
    let mut signalled = request("GET /v1/me/consents", "");
    signalled["headers"]["sec-gpc"] = "1".into();
    let listed = host.invoke(&signalled).unwrap();
    assert_eq!(listed["statusCode"], 200, "{listed}");
    let mut one = request("GET /v1/me/consents/{purpose}", "");
    one["pathParameters"]["purpose"] = "account-notices".into();
    let history = host.invoke(&one).unwrap()["body"].to_string();
    assert!(history.contains("global-privacy-control"), "{history}");
    assert_discreet(&host.stop());
}

#[test]
fn no_log_level_lets_the_sdk_print_what_it_sends() {
    for level in ["trace,trace", "info,aws_smithy_runtime=trace", "nonsense"] {
        let of_test = [
            ("LOG_LEVEL", level),
            ("PROFILES_TABLE", "profiles"),
            ("DIRECTORY_TABLE", "directory"),
            ("LEDGER_TABLE", "ledger"),
            ("TOKEN_ISSUER", testkit::tokens::TOKEN_ISSUER),
            ("WEB_CLIENT_IDS", testkit::tokens::WEB_CLIENT),
            ("OPERATORS_CLIENT_IDS", testkit::tokens::OPERATORS_CLIENT),
        ];
        let of_test = of_test.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let host = RuntimeHost::start(EXECUTABLE, of_test).unwrap();
        host.engines().put_row("profiles", &profile());
        let patch = request("PATCH /v1/me", r#"{"display_name":"Canary Newname"}"#);
        assert_eq!(host.invoke(&patch).unwrap()["statusCode"], 200);
        assert_discreet(&host.stop());
    }
}

#[test]
fn a_missing_variable_is_named() {
    let Err(StartError::Ended { output, .. }) = RuntimeHost::start(EXECUTABLE, []) else {
        panic!("it started without PROFILES_TABLE");
    };
    assert!(output.contains("PROFILES_TABLE"), "{output}");
    let emptied = ("AWS_REGION".to_owned(), String::new());
    let environment = variables(["PROFILES_TABLE"]).into_iter().chain([emptied]);
    let Err(StartError::Ended { output, .. }) = RuntimeHost::start(EXECUTABLE, environment) else {
        panic!("it started without AWS_REGION");
    };
    assert!(output.contains("AWS_REGION"), "{output}");
}

#[test]
fn nothing_personal_is_printed_of_what_is_refused() {
    let host = host("profiles");
    host.engines().put_row("profiles", &profile());
    for body in [
        r#"{"canary_field":"mail@canary.example"}"#,
        r#"{"email":"mail@canary.example"}"#,
        r#"{"given_name":["+4930901820"]}"#,
        r#"{"birthdate":"1903-02-01T00:00:00Z"}"#,
        r#"{"given_name":"Canary"#,
        r#""mail@canary.example""#,
    ] {
        let answer = host.invoke(&request("PATCH /v1/me", body)).unwrap();
        assert_eq!(answer["statusCode"], 400, "{body}");
        let route = "PUT /v1/me/consents/{purpose}";
        let answer = host.invoke(&request(route, body)).unwrap();
        assert_eq!(answer["statusCode"], 400, "{body}");
    }
    assert_discreet(&host.stop());
}

#[test]
fn nothing_personal_is_printed_when_a_row_can_not_be_read() {
    let host = host("profiles");
    let mut malformed = profile();
    malformed["version"] = "mail@canary.example".into();
    malformed["fields"]["email"] = "mail@canary.example".into();
    host.engines().put_row("profiles", &malformed);
    let answer = host.invoke(&request("GET /v1/me", "")).unwrap();
    assert_eq!(answer["statusCode"], 503);
    let lines = host.stop();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("can't be answered now")),
        "{lines:?}"
    );
    assert_discreet(lines.iter().chain([&answer.to_string()]));
}

#[test]
fn nothing_personal_is_printed_when_the_table_is_not_there() {
    let host = host("absent");
    for route in ["GET /v1/me", "PATCH /v1/me"] {
        let answer = host.invoke(&request(route, r#"{"given_name":"Canary"}"#));
        assert_eq!(answer.unwrap()["statusCode"], 503);
    }
    let lines = host.stop();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("ResourceNotFoundException")),
        "{lines:?}"
    );
    assert!(
        lines.iter().any(|line| line.contains("request-1")),
        "{lines:?}"
    );
    assert_discreet(&lines);
}

#[test]
fn nothing_personal_is_printed_or_returned_of_what_is_no_request() {
    let host = host("profiles");
    let mut events = vec![json!("mail@canary.example"), json!([{ "body": "Canary" }])];
    for path in ["/headers", "/body", "/isBase64Encoded", "/routeKey"] {
        let mut event = request("GET /v1/me", "");
        *event.pointer_mut(path).unwrap() = json!({ "mail@canary.example": ["+4930901820"] });
        events.push(event);
    }
    let mut errors = Vec::new();
    for event in events {
        let Err(FunctionError::Returned { message, .. }) = host.invoke(&event) else {
            panic!("{event} was taken for a request");
        };
        errors.push(message);
    }
    let lines = host.stop();
    assert!(!lines.is_empty());
    assert_discreet(lines.iter().chain(&errors));
}
