//! The executable under Lambda's Runtime API: a grant that ran out ends, its variables, and what it
//! prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_consent-expiry");
const VARIABLES: [&str; 2] = ["PROFILES_TABLE", "AUDIENCES_TABLE"];
const PERSON: &str = "prf_01010101010171018101010101010101";

/// The function with a person whose grant ran out, and who is in the audience still.
fn host() -> RuntimeHost {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    for (table, row) in [
        (
            "profiles",
            json!({
                "profile_id": PERSON, "part": "profile", "version": 3,
                "fields": {
                    "email": { "value": "mail@canary.example", "at": "2025-06-01T00:00:00Z", "source": "login" },
                },
                "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
                "last_request": "an earlier request",
            }),
        ),
        (
            "profiles",
            json!({
                "profile_id": PERSON, "part": "consent#harbour#newsletter", "tenant": "harbour",
                "purpose": "newsletter", "ruling": "granted", "text_version": "canary-1",
                "surface": "self-service", "decided_at": "2025-07-01T00:00:00Z",
                "expires_at": "2025-08-01T00:00:00Z", "version": 1,
            }),
        ),
        (
            "audiences",
            json!({
                "audience": PERSON, "part": "harbour#newsletter", "version": 3, "consent": 1,
                "updated_at": "2025-07-01T00:00:00Z", "ends_at": "2025-08-01T00:00:00Z", "sequence": 1,
                "expiry_shard": "1", "expires_at": "2025-08-01T00:00:00.000Z",
            }),
        ),
        (
            "audiences",
            json!({ "audience": "harbour#newsletter#1", "part": "head", "sequence": 1 }),
        ),
    ] {
        host.engines().put_row(table, &row);
    }
    host
}

#[test]
fn a_grant_that_ran_out_ends_with_its_evidence_and_event_and_none_ends_twice() {
    let host = host();
    assert_eq!(host.invoke(&json!({})).unwrap(), json!({ "ended": 1 }));
    assert_eq!(host.invoke(&json!({})).unwrap(), json!({ "ended": 0 }));
    let rows = host.engines().rows("profiles");
    let of = |prefix: &str| {
        let part = |row: &&Value| {
            row["part"]
                .as_str()
                .is_some_and(|part| part.starts_with(prefix))
        };
        rows.iter().filter(part).count()
    };
    assert_eq!((of("decision#"), of("outbox#")), (1, 1), "{rows:?}");
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
