//! The executable under Lambda's Runtime API: its answers, what it does to the outbox and the bus,
//! and what it prints.
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

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_profile-sweep");
const VARIABLES: [&str; 3] = ["PROFILES_TABLE", "EVENT_BUS_NAME", "PARKING_QUEUE_URL"];
const PROFILE: &str = "prf_01010101010171018101010101010101";

fn host(changed: &[(&str, &str)]) -> RuntimeHost {
    let changed = changed
        .iter()
        .chain(&[("LOG_LEVEL", "trace")])
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    RuntimeHost::start(EXECUTABLE, variables(VARIABLES).into_iter().chain(changed)).unwrap()
}

/// The tick of the schedule; nothing of it matters.
fn tick() -> Value {
    json!({
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": "111122223333",
        "time": "2026-01-15T09:00:00Z",
        "region": "eu-central-1",
        "resources": ["arn:aws:scheduler:eu-central-1:111122223333:schedule/default/sweep"],
        "detail": "{}",
    })
}

fn outbox_row(part: &str, event: &str) -> Value {
    json!({
        "profile_id": PROFILE,
        "part": part,
        "event": event,
        "relay_shard": "0",
        "relay_at": "2026-01-15T09:00:00.000Z",
    })
}

fn put_rows(host: &RuntimeHost) {
    let event = json!({
        "specversion": "1.0",
        "id": "evt_1",
        "source": "dev.fairlead.profile",
        "subject": PROFILE,
        "time": "2026-01-15T09:00:00Z",
        "type": "dev.fairlead.profile.updated.v1",
        "data": { "profile_id": PROFILE, "version": 2, "changed": ["email"] },
    });
    let mut shape = outbox_row("outbox#evt_shape", "");
    shape["event"] = json!({ "birthdate": "1903-02-01" });
    for row in [
        outbox_row("outbox#evt_1", &event.to_string()),
        outbox_row("outbox#evt_poison", "mail@canary.example, +4930901820"),
        shape,
        json!({ "profile_id": PROFILE, "part": "profile", "fields": { "email": "mail@canary.example" } }),
    ] {
        host.engines().put_row("profiles", &row);
    }
}

#[test]
fn the_executable_relays_what_was_forgotten_and_parks_the_rest_of_it() {
    let host = host(&[]);
    put_rows(&host);
    assert_eq!(host.invoke(&tick()).unwrap(), json!({ "relayed": 3 }));
    let published = host.engines().published_events();
    assert_eq!(published.len(), 1);
    assert_eq!(published[0].detail["id"], "evt_1");
    assert_eq!(host.engines().sent_messages("parking").len(), 2);
    assert_eq!(host.invoke(&tick()).unwrap(), json!({ "relayed": 0 }));
    let lines = host.stop();
    assert!(
        lines.iter().any(|line| line.contains("an event is parked")),
        "{lines:?}"
    );
    assert_discreet(&lines);
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn nothing_personal_is_printed_or_returned_when_a_service_refuses() {
    let wrong = [
        ("PROFILES_TABLE", "absent"),
        ("EVENT_BUS_NAME", "another"),
        (
            "PARKING_QUEUE_URL",
            "https://sqs.eu-central-1.amazonaws.com/111122223333/absent",
        ),
    ];
    for changed in wrong {
        let host = host(&[changed]);
        put_rows(&host);
        let Err(FunctionError::Returned { message, .. }) = host.invoke(&tick()) else {
            panic!("it got through with {changed:?}");
        };
        let lines = host.stop();
        assert!(
            lines
                .iter()
                .any(|line| line.contains("left to the next sweep")),
            "{lines:?}"
        );
        assert_discreet(lines.iter().chain([&message]));
    }
}
