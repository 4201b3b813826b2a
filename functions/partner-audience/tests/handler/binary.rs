//! The executable under Lambda's Runtime API: what it does with a batch, its variables, and what it
//! prints.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use serde_json::{Value, json};
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_partner-audience");
const VARIABLES: [&str; 2] = ["PROFILES_TABLE", "AUDIENCES_TABLE"];
const PERSON: &str = "prf_01010101010171018101010101010101";

/// The function with a person who agreed to a newsletter, every personal detail bearing a marker.
fn host() -> RuntimeHost {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let field =
        |value: &str| json!({ "value": value, "at": "2025-06-01T00:00:00Z", "source": "person" });
    for row in [
        json!({
            "profile_id": PERSON, "part": "profile", "version": 3,
            "fields": {
                "email": field("mail@canary.example"), "given_name": field("Canary Given"),
                "country": field("CH"),
            },
            "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
            "last_request": "an earlier request",
        }),
        json!({
            "profile_id": PERSON, "part": "consent#harbour#newsletter", "tenant": "harbour",
            "purpose": "newsletter", "ruling": "granted", "text_version": "canary-1",
            "surface": "self-service", "decided_at": "2025-07-01T00:00:00Z", "version": 1,
        }),
    ] {
        host.engines().put_row("profiles", &row);
    }
    host
}

fn message(id: &str, detail: &Value) -> Value {
    json!({ "messageId": id, "body": json!({ "detail": detail }).to_string() })
}

#[test]
fn whom_an_event_is_about_is_kept_and_what_is_no_event_stays() {
    let host = host();
    let event = json!({ "subject": PERSON, "type": "dev.fairlead.of.a.type.to.come", "data": {} });
    let batch = json!({ "Records": [message("m-1", &event), message("m-2", &json!("mail@canary.example"))] });
    let left = json!({ "batchItemFailures": [{ "itemIdentifier": "m-2" }] });
    assert_eq!(host.invoke(&batch).unwrap(), left);
    let rows = host.engines().rows("audiences");
    let parts: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.get("part")?.as_str())
        .collect();
    assert!(
        parts.contains(&"harbour#newsletter") && parts.contains(&"head"),
        "{parts:?}"
    );
    assert!(
        !rows.iter().any(|row| row.to_string().contains("anary")),
        "{rows:?}"
    );
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
