//! Audiences follow an erasure and its way back, on simulated AWS.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use lambda_kit::aws::CallBudget;
use partner_audience::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::World;

const PERSON: &str = "prf_01010101010171018101010101010101";
const ERASURE: &str = "era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2";

/// A person who agreed to a newsletter, whose profile is closed if there is a reason.
fn set(world: &World, closed: Option<&str>) {
    let mut profile = json!({
        "profile_id": PERSON,
        "part": "profile",
        "version": 3,
        "fields": {},
        "created_at": "2025-06-01T00:00:00Z",
        "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
    });
    if let Some(closed) = closed {
        profile["closed"] = closed.into();
        profile["erasure_id"] = ERASURE.into();
    }
    world.put_row("profiles", profile);
    let consent = json!({
        "profile_id": PERSON,
        "part": "consent#harbour#newsletter",
        "tenant": "harbour",
        "purpose": "newsletter",
        "ruling": "granted",
        "text_version": "2026-01",
        "surface": "self-service",
        "decided_at": "2025-07-01T00:00:00Z",
        "version": 1,
    });
    world.put_row("profiles", consent);
}

/// An event of that type about the person is dealt with.
fn told(world: &World, kind: &str, data: &Value) {
    let detail = json!({ "subject": PERSON, "type": kind, "data": data });
    // As either bus brings it.
    let body = match kind {
        "dev.fairlead.consent.granted.v1" => json!({ "detail": detail }),
        _ => json!([{ "detail": detail }]),
    };
    let body = body.to_string();
    let batch = json!({ "Records": [{ "messageId": "m-1", "body": body }] });
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
    let invocation = world.invocation(Duration::from_mins(1));
    let answer = world.block_on(handle(&app, &to_raw_value(&batch).unwrap(), invocation));
    let answer = serde_json::to_value(answer.unwrap()).unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
}

fn erasure(world: &World, what: &str) {
    let data = json!({ "profile_id": PERSON, "erasure_id": ERASURE });
    told(world, &format!("dev.fairlead.erasure.{what}.v1"), &data);
}

/// Whether the person belongs to the audience, and how many changes it has had.
fn audience(world: &World) -> (bool, usize) {
    let rows = world.rows("audiences");
    let parts: Vec<&str> = rows
        .iter()
        .map(|row| row["part"].as_str().unwrap())
        .collect();
    let changes = parts.iter().filter(|part| part.starts_with("change#"));
    (parts.contains(&"harbour#newsletter"), changes.count())
}

#[test]
fn who_takes_their_erasure_back_enters_again_where_they_had_agreed() {
    let world = World::new(1);
    set(&world, None);
    told(&world, "dev.fairlead.consent.granted.v1", &json!({}));
    assert_eq!(audience(&world), (true, 1));
    set(&world, Some("erasing"));
    erasure(&world, "requested");
    assert_eq!(audience(&world), (false, 2));
    set(&world, None);
    erasure(&world, "withdrawn");
    assert_eq!(audience(&world), (true, 3));
    // Either one once more, late: the record is as it is.
    erasure(&world, "requested");
    erasure(&world, "withdrawn");
    assert_eq!(audience(&world), (true, 3));
}

#[test]
fn who_withdrew_their_consent_meanwhile_enters_nowhere() {
    let world = World::new(1);
    set(&world, None);
    told(&world, "dev.fairlead.consent.granted.v1", &json!({}));
    set(&world, Some("erasing"));
    erasure(&world, "requested");
    set(&world, None);
    let rows = world.rows("profiles");
    let consent = rows.iter().find(|row| row["part"] != "profile").unwrap();
    let mut withdrawn = consent.clone();
    withdrawn["ruling"] = "withdrawn".into();
    withdrawn["version"] = 2.into();
    world.put_row("profiles", withdrawn);
    erasure(&world, "withdrawn");
    assert_eq!(audience(&world), (false, 2));
}
