//! Certificates say who was told and who did not acknowledge, on simulated AWS.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use erasure_certify::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{World, engine::CERTIFICATES_BUCKET};

const ERASURE: &str = "era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2";
const PERSON: &str = "prf_019bc0e2128070000000000000000001";
const TOLD: &str = "2026-01-14T09:00:00Z";
/// When the world begins.
const DEADLINE: &str = "2026-01-15T09:00:00Z";

/// A person for whose partners nobody waits any longer, of which the chandlery never acknowledged, the
/// sailmaker did at the last moment, and the ropewalk too late.
fn world() -> World {
    let world = World::new(1);
    let erasure = json!({
        "erasure_id": ERASURE,
        "part": "erasure",
        "state": "erasing",
        "profile_id": PERSON,
        "members": 1,
        "requested_at": "2026-01-11T09:00:00Z",
        "removal_at": TOLD,
        "data_removed_at": TOLD,
        "told_at": TOLD,
        "acknowledge_by": DEADLINE,
        "told": 3,
        "request_id": "request-1",
    });
    world.put_row("erasures", erasure);
    told(&world, "chandlery", None);
    told(&world, "ropewalk", Some("2026-01-15T09:00:01Z"));
    told(&world, "sailmaker", Some(DEADLINE));
    world
}

fn told(world: &World, partner: &str, acknowledged_at: Option<&str>) {
    let mut row = json!({
        "erasure_id": ERASURE,
        "part": format!("partner#harbour#{partner}"),
        "tenant": "harbour",
        "partner": partner,
        "profiles": [PERSON],
        "told_at": TOLD,
        "reminders": 2,
        "reminded_at": "2026-01-15T01:00:00Z",
        "acknowledge_by": DEADLINE,
    });
    match acknowledged_at {
        Some(at) => row["acknowledged_at"] = at.into(),
        None => row["open_for"] = format!("harbour#{partner}").into(),
    }
    world.put_row("erasures", row);
}

/// One call of the function; returns the certificate.
fn certified(world: &World) -> Value {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&json!({ "erasure_id": ERASURE })).unwrap();
    let invocation = world.invocation(Duration::from_mins(1));
    let progress = world.block_on(handle(&app, &event, invocation)).unwrap();
    assert_eq!(serde_json::to_value(progress).unwrap()["state"], "erased");
    let objects = world.objects(CERTIFICATES_BUCKET);
    assert_eq!(objects.len(), 1);
    assert_eq!(objects[0].key, format!("certificates/{ERASURE}.json"));
    serde_json::from_slice(&objects[0].body).unwrap()
}

#[test]
fn the_certificate_says_who_did_not_acknowledge_and_who_did_too_late() {
    let certificate = certified(&world());
    assert_eq!(certificate["acknowledge_by"], DEADLINE);
    let entry = |partner: &str| json!({ "tenant": "harbour", "partner": partner, "told_at": TOLD, "reminders": 2 });
    let mut late = entry("ropewalk");
    late["acknowledged_at"] = "2026-01-15T09:00:01Z".into();
    let mut in_time = entry("sailmaker");
    in_time["acknowledged_at"] = DEADLINE.into();
    assert_eq!(
        certificate["recipients"],
        json!([entry("chandlery"), late, in_time])
    );
    let text = certificate.to_string();
    assert!(!text.contains(PERSON), "the certificate names the person");
}

#[test]
fn the_event_of_the_end_counts_those_who_acknowledged_in_time() {
    let world = world();
    certified(&world);
    let outbox = world.rows("profiles");
    assert_eq!(outbox.len(), 1);
    let event: Value = serde_json::from_str(outbox[0]["event"].as_str().unwrap()).unwrap();
    assert_eq!(event["type"], "dev.fairlead.erasure.completed.v1");
    assert_eq!(event["data"]["told"], 3);
    assert_eq!(event["data"]["acknowledged"], 1);
}

#[test]
fn who_acknowledges_once_it_is_issued_changes_neither_the_certificate_nor_the_end() {
    let world = world();
    let first = certified(&world);
    let ended = world.rows("profiles");
    told(&world, "chandlery", Some("2026-01-15T10:00:00Z"));
    world.advance(Duration::from_hours(2));
    assert_eq!(certified(&world), first);
    assert_eq!(world.rows("profiles"), ended);
}

#[test]
fn nothing_is_certified_before_partners_were_told() {
    let world = world();
    let mut rows = world.rows("erasures").into_iter();
    let mut untold = rows.find(|row| row["part"] == "erasure").unwrap();
    untold.as_object_mut().unwrap().remove("told_at");
    world.put_row("erasures", untold);
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&json!({ "erasure_id": ERASURE })).unwrap();
    let invocation = world.invocation(Duration::from_mins(1));
    let refused = world.block_on(handle(&app, &event, invocation));
    let refused = refused.unwrap_err().to_string();
    assert_eq!(refused, "the erasure is not at this step");
    assert!(world.objects(CERTIFICATES_BUCKET).is_empty());
}
