//! The handler on a simulated AWS: which grants end, once each, and which stand.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use consent_expiry::{App, Done, ExpiryError, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::World;

/// When the grants ended.
const END: &str = "2025-08-01T00:00:00Z";

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn person(n: u32) -> String {
    format!("prf_{n:08x}010170718101010101010101")
}

/// Who agreed once, and what of their consent is as given.
fn granted(world: &World, n: u32, consent: &Value) {
    let id = person(n);
    world.put_row(
        "profiles",
        json!({
            "profile_id": id, "part": "profile", "version": 3, "fields": {},
            "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
            "last_request": "an earlier request",
        }),
    );
    let mut row = json!({
        "profile_id": id, "part": "consent#harbour#newsletter", "tenant": "harbour",
        "purpose": "newsletter", "ruling": "granted", "text_version": "2025-06",
        "text_sha256": DIGEST, "language": "en", "surface": "self-service",
        "decided_at": "2025-07-01T00:00:00Z", "expires_at": END, "version": 1,
    });
    for (name, value) in consent.as_object().unwrap() {
        row[name] = value.clone();
    }
    row.as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    world.put_row("profiles", row);
    is_listed(world, &id);
}

/// The audience has them, and that their grant is over.
fn is_listed(world: &World, id: &str) {
    world.put_row(
        "audiences",
        json!({
            "audience": id, "part": "harbour#newsletter", "version": 3, "consent": 1,
            "updated_at": "2025-07-01T00:00:00Z", "ends_at": END, "sequence": 1,
            "expiry_shard": "1", "expires_at": "2025-08-01T00:00:00.000Z",
        }),
    );
}

fn run(world: &World) -> Result<Done, ExpiryError> {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    world.block_on(handle(&app, world.invocation(Duration::from_secs(30))))
}

fn parts(world: &World, prefix: &str) -> Vec<Value> {
    let mut rows = world.rows("profiles");
    rows.retain(|row| row["part"].as_str().unwrap().starts_with(prefix));
    rows
}

#[test]
fn what_ended_is_told_with_its_evidence() {
    let world = World::new(1);
    granted(&world, 1, &json!({}));
    assert_eq!(run(&world).unwrap(), Done { ended: 1 });
    let rows = parts(&world, "consent#");
    let [consent] = rows.as_slice() else {
        panic!("there is one consent")
    };
    assert_eq!(
        (&consent["ended"], &consent["version"]),
        (&json!(true), &json!(2))
    );
    assert_eq!(consent["decided_at"], "2025-07-01T00:00:00Z");
    let rows = parts(&world, "decision#");
    let [evidence] = rows.as_slice() else {
        panic!("there is one record")
    };
    let rows = parts(&world, "outbox#");
    let [told] = rows.as_slice() else {
        panic!("there is one event")
    };
    let told: Value = serde_json::from_str(told["event"].as_str().unwrap()).unwrap();
    assert_eq!(told["type"], "dev.fairlead.consent.expired.v1");
    for (name, recorded, value) in [
        (
            "decision_id",
            "decision_id",
            evidence["decision_id"].clone(),
        ),
        ("legal_basis", "legal_basis", json!("consent")),
        ("text_version", "text_version", json!("2025-06")),
        ("text_sha256", "text_sha256", json!(DIGEST)),
        ("language", "language", json!("en")),
        ("surface", "surface", json!("expiry")),
        ("expires_at", "decided_at", json!(END)),
        ("version", "version", json!(2)),
    ] {
        assert_eq!(told["data"][name], value, "the event's {name}");
        assert_eq!(evidence[recorded], value, "the evidence's {recorded}");
    }
    assert_eq!(evidence["ruling"], "expired");
}

#[test]
fn nothing_ends_twice_however_late_its_audience_follows() {
    let world = World::new(1);
    granted(&world, 1, &json!({}));
    for ended in [1, 0, 0] {
        assert_eq!(run(&world).unwrap(), Done { ended });
    }
    assert_eq!(parts(&world, "outbox#").len(), 1);
}

#[test]
fn more_than_are_found_at_once_end_in_one_run() {
    let world = World::new(1);
    for n in 0..60 {
        granted(&world, n, &json!({}));
    }
    assert_eq!(run(&world).unwrap(), Done { ended: 60 });
}

#[test]
fn what_was_decided_meanwhile_stands() {
    let world = World::new(1);
    let renewed = json!({ "expires_at": "2099-01-01T00:00:00Z", "version": 2 });
    let endless = json!({ "expires_at": null, "version": 2 });
    let withdrawn = json!({ "ruling": "withdrawn", "expires_at": null, "version": 2 });
    for (n, decided) in (1..).zip([renewed, endless, withdrawn]) {
        granted(&world, n, &decided);
    }
    let before = world.rows("profiles");
    assert_eq!(run(&world).unwrap(), Done { ended: 0 });
    assert_eq!(world.rows("profiles"), before);
}

#[test]
fn of_whoever_is_gone_or_being_merged_nothing_ends() {
    let world = World::new(1);
    granted(&world, 1, &json!({}));
    world.put_row(
        "profiles",
        json!({ "profile_id": person(1), "part": "profile", "version": 4, "closed": "settling" }),
    );
    is_listed(&world, &person(2));
    assert_eq!(run(&world).unwrap(), Done { ended: 0 });
    assert_eq!(parts(&world, "outbox#"), Vec::<Value>::new());
}

#[test]
fn the_end_of_a_members_grant_is_that_members_own() {
    let world = World::new(1);
    let shown = json!({ "member": person(2), "version": 5 });
    granted(&world, 1, &shown);
    granted(&world, 2, &json!({}));
    let merged = json!({
        "profile_id": person(2), "part": "profile", "version": 4, "closed": "merged",
        "merged_into": person(1),
    });
    world.put_row("profiles", merged);
    assert_eq!(run(&world).unwrap(), Done { ended: 1 });
    let ended = parts(&world, "consent#");
    assert!(ended.iter().all(|row| row["ended"] == true), "{ended:?}");
    let rows = parts(&world, "decision#");
    let [evidence] = rows.as_slice() else {
        panic!("there is one record")
    };
    assert_eq!(evidence["profile_id"], json!(person(2)));
}
