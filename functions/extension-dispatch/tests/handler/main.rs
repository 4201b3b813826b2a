//! What code is given, and what not.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod cache;
mod order;
mod scene;

use serde_json::{Value, json};

use crate::scene::{JANE, Scene};

fn scene() -> Scene {
    let scene = Scene::new();
    scene.has_a_host("harbour", "ready");
    scene.registers("harbour", "greeter", &json!({}));
    scene
}

fn body(message: &testkit::engine::SentMessage) -> Value {
    serde_json::from_str(&message.body).unwrap()
}

#[test]
fn code_is_given_what_its_tenant_may_know_and_that_is_on_record() {
    let scene = scene();
    let order = scene.order("harbour", "1", &json!({}));
    assert_eq!(scene.brings(&[order]), 0);
    let sent = scene.queue("extension-harbour");
    let message = body(&sent[0]);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].group.as_deref(), Some("greeter"));
    assert_eq!(message["tenant"], "harbour");
    assert_eq!(message["person"], JANE);
    assert_eq!(message["event"]["whole"]["data"]["order"], "1");
    let receipts = scene.world.rows("receipts");
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0]["extension"], "greeter");
    assert_eq!(receipts[0]["allowed"], json!(["events"]));
}

#[test]
fn without_consent_at_that_moment_nothing_is_given_and_that_is_on_record_too() {
    let scene = scene();
    scene.agrees("harbour", "withdrawn");
    let told = [
        scene.order("harbour", "1", &json!({})),
        Scene::updated(1, "harbour", &["locale"]),
    ];
    assert_eq!(scene.brings(&told), 0);
    assert!(scene.queue("extension-harbour").is_empty());
    let receipts = scene.world.rows("receipts");
    assert_eq!(receipts.len(), 2);
    assert!(
        receipts
            .iter()
            .all(|receipt| receipt["outcome"] == "refused")
    );
}

#[test]
fn an_event_of_one_tenant_is_given_to_no_other_and_of_a_change_each_learns_its_own() {
    let scene = scene();
    scene.has_a_host("airport", "ready");
    scene.registers("airport", "greeter", &json!({}));
    let told = [
        scene.order("airport", "1", &json!({})),
        Scene::updated(1, "harbour", &["locale", "segments"]),
    ];
    assert_eq!(scene.brings(&told), 0);
    let harbour = scene.queue("extension-harbour");
    assert_eq!(harbour.len(), 1);
    assert_eq!(
        body(&harbour[0])["event"]["whole"]["data"]["changed"],
        json!(["locale", "segments"])
    );
    let airport = scene.queue("extension-airport");
    assert_eq!(airport.len(), 2);
    let change = airport
        .iter()
        .find(|sent| sent.body.contains("updated"))
        .unwrap();
    assert!(!change.body.contains("harbour") && !change.body.contains("segments"));
}

#[test]
fn what_the_filter_does_not_want_is_not_given() {
    let scene = scene();
    let filter = json!({ "data": { "country": ["DE"] } }).to_string();
    scene.registers("harbour", "greeter", &json!({ "filter": filter }));
    let elsewhere = json!({ "data": { "order": "2", "country": "FR" } });
    let told = [
        scene.order("harbour", "1", &json!({})),
        scene.order("harbour", "2", &elsewhere),
    ];
    assert_eq!(scene.brings(&told), 0);
    let sent = scene.queue("extension-harbour");
    assert_eq!(sent.len(), 1);
    assert!(sent[0].body.contains(r#""order":"1""#));
}

#[test]
fn what_can_not_be_given_now_is_parked_with_its_cause_and_goes_its_way_later() {
    let scene = scene();
    scene.registers("harbour", "greeter", &json!({ "state": "disabled" }));
    let order = scene.order("harbour", "1", &json!({}));
    assert_eq!(scene.brings(&[order]), 0);
    let parked = scene.parked();
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0]["cause"], "the extension is disabled");
    assert!(
        !parked[0].to_string().contains("DE"),
        "nothing that the event says is kept there"
    );
    scene.registers("harbour", "greeter", &json!({}));
    // It is sent back as it lies there.
    let lies_there = scene.queue("parking")[0].body.clone();
    assert_eq!(scene.brings(&[lies_there]), 0);
    assert_eq!(scene.queue("extension-harbour").len(), 1);
}

#[test]
fn each_cause_of_parking_is_told() {
    for (change, host, cause) in [
        (json!({}), "provisioning", "the tenant's host is not there"),
        (
            json!({ "filter": "[]" }),
            "ready",
            "the filter of the extension can't be read",
        ),
    ] {
        let scene = Scene::new();
        scene.has_a_host("harbour", host);
        scene.registers("harbour", "greeter", &change);
        let order = scene.order("harbour", "1", &json!({}));
        assert_eq!(scene.brings(&[order]), 0);
        assert_eq!(scene.parked()[0]["cause"], cause);
    }
    let scene = scene();
    let order = scene.order("harbour", "1", &json!({ "fairleadhops": 5 }));
    let used = json!({ "key": "extension-usage#harbour#greeter#2026-01-15", "events": 1000 });
    assert_eq!(scene.brings(&[order]), 0);
    assert_eq!(
        scene.parked()[0]["cause"],
        "it came about through too many runs of tenants' code"
    );
    scene.world.put_row("ledger", used);
    let order = scene.order("harbour", "2", &json!({}));
    assert_eq!(scene.brings(&[order]), 0);
    assert_eq!(
        scene.parked()[1]["cause"],
        "the tenant has used up what it may run in a day"
    );
    assert!(scene.queue("extension-harbour").is_empty());
}

#[test]
fn code_never_sees_what_it_caused() {
    let scene = scene();
    scene.registers("harbour", "scorer", &json!({}));
    let chain = json!({ "fairleadhops": 1, "fairleadextensions": "greeter" });
    let order = scene.order("harbour", "1", &chain);
    assert_eq!(scene.brings(&[order]), 0);
    let sent = scene.queue("extension-harbour");
    assert_eq!(sent.len(), 1);
    let message = body(&sent[0]);
    assert_eq!(
        (&message["extension"], &message["hops"]),
        (&json!("scorer"), &json!(1))
    );
}

#[test]
fn a_large_event_is_pointed_to_where_it_lies() {
    let scene = scene();
    let large = json!({ "data": { "order": "1", "note": "x".repeat(400 * 1024) } });
    let order = scene.order("harbour", "1", &large);
    assert_eq!(scene.brings(&[order]), 0);
    let message = body(&scene.queue("extension-harbour")[0]);
    let pointer = message["event"]["claim"]["pointer"].as_str().unwrap();
    assert!(pointer.contains("PayloadS3Pointer") && pointer.contains("events/harbour/"));
}

#[test]
fn of_somebody_who_is_being_merged_it_waits_and_of_whoever_is_gone_nothing_is_told() {
    let scene = scene();
    scene.is_there(Some("settling"));
    let order = scene.order("harbour", "1", &json!({}));
    assert_eq!(scene.brings(&[order]), 1, "it stays in the queue");
    scene.is_there(Some("erased"));
    let order = scene.order("harbour", "2", &json!({}));
    let change = Scene::updated(1, "harbour", &["locale"]);
    assert_eq!(scene.brings(&[order, change]), 0);
    assert!(scene.queue("extension-harbour").is_empty());
}

#[test]
fn without_a_purpose_nothing_about_people_is_given() {
    let scene = scene();
    scene.registers("harbour", "greeter", &json!({ "purpose": null }));
    let told = [
        scene.order("harbour", "1", &json!({})),
        scene.order("harbour", "2", &json!({ "subject": "a ship" })),
    ];
    assert_eq!(scene.brings(&told), 0);
    let sent = scene.queue("extension-harbour");
    assert_eq!(sent.len(), 1);
    assert!(sent[0].body.contains(r#""order":"2""#));
}
