//! The executable under Lambda's Runtime API: its variables, its answer, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use cloudevent::Limits;
use intake::{EventItem, Upload};
use lambda_kit::clock::Clock;
use serde_json::json;
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::{EVENTS_BUCKET, variables},
    runtime_host::RuntimeHost,
    tokens::Token,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_event-data");
const PERSON: &str = "prf_01010101010171018101010101010101";
const VARIABLES: [&str; 11] = [
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
    "EVENTS_TABLE",
    "EVENTS_BUCKET",
    "IDENTIFIERS_TABLE",
    "IDENTIFIER_KEY",
    "DIRECTORY_TABLE",
    "PROFILES_TABLE",
    "RECEIPTS_TABLE",
    "LEDGER_TABLE",
];

#[test]
fn a_partner_is_led_to_the_data_and_nothing_of_the_event_is_printed() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let now = Clock::system().now();
    let announced = json!({
        "event": {
            "specversion": "1.0", "id": "canary-1", "source": "/canary/3",
            "type": "com.example.scan.made.v1", "subject": PERSON,
        },
        "bytes": 2,
        "sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    });
    let upload = Upload::read(announced.to_string().as_bytes(), &Limits::at(now)).unwrap();
    let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
    let item = EventItem::uploaded(&upload, whose, "request-1", EVENTS_BUCKET, now);
    let event = item.event.digest().to_owned();
    for (table, row) in [
        ("events", serde_json::to_value(item).unwrap()),
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
                "terms": { "newsletter": ["events"] },
            }),
        ),
        (
            "profiles",
            json!({
                "profile_id": PERSON, "part": "profile", "version": 3, "fields": {},
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
    ] {
        host.engines().put_row(table, &row);
    }
    let token = Token::machine(now, "harbour", "chandlery", "letters");
    let request = json!({
        "routeKey": "GET /v1/events/{event}/data",
        "headers": {
            "authorization": token.scope("fairlead/profile.read").bearer(),
            "fairlead-purpose": "newsletter",
            "fairlead-reason": "canary-reason",
        },
        "pathParameters": { "event": event },
        "requestContext": { "requestId": "request-2" },
    });
    let answer = host.invoke(&request).unwrap();
    assert_eq!(answer["statusCode"], 307, "{answer}");
    assert_discreet(host.stop().iter().chain([&answer.to_string()]));
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
