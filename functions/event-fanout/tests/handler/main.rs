//! The handler on a simulated AWS: what is published to whom, what of it lies in the bucket, and what
//! becomes of that when the person is gone.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod scene;

use serde_json::{Value, json};
use testkit::{
    Fault,
    engine::{FANOUT_TOPIC, Recipient},
};

use crate::scene::{JANE, ORDERS, Scene, consent, profile};

const NOBODY: &str = "prf_0f0f0f0f0f0f7f0f8f0f0f0f0f0f0f0f";

#[test]
fn a_partner_gets_the_event_that_it_may_have_with_a_receipt() {
    let scene = Scene::new();
    let announced = scene.order(JANE, 1);
    assert_eq!(scene.deliver(&announced), 0);
    let published = scene.published();
    assert_eq!(published.len(), 1);
    let message = &published[0];
    assert_eq!(message.recipient, Recipient::Topic(FANOUT_TOPIC.to_owned()));
    let event = scene.received(&message.message, &message.attributes);
    assert_eq!(event["data"]["order"], "canary");
    assert_eq!(message.attributes["type"], ORDERS);
    assert_eq!(message.attributes["idempotency.key"].len(), 43);
    assert_eq!(scene.copies().len(), 0);
    let receipts = scene.receipts();
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0]["allowed"], json!(["events"]));
    assert_eq!(receipts[0]["partner"], "chandlery");
    assert_eq!(receipts[0]["request_id"], "request-1");
}

#[test]
fn what_no_topic_takes_lies_where_the_partner_fetches_it() {
    let scene = Scene::new();
    let announced = scene.order(JANE, 262_144);
    assert_eq!(scene.deliver(&announced), 0);
    let message = &scene.published()[0];
    assert!(message.message.len() < 1_000);
    assert!(!message.message.contains("canary"));
    let event = scene.received(&message.message, &message.attributes);
    assert_eq!(event["data"]["note"].as_str().unwrap().len(), 262_144);
    let copies = scene.copies();
    assert_eq!(copies.len(), 1);
    let row = &scene.world.rows("events")[0];
    let event = row["event"].as_str().unwrap().replacen('#', "/", 1);
    let below = format!("claims/{event}/chandlery/");
    assert!(copies[0].key.starts_with(&below), "{}", copies[0].key);
}

#[test]
fn uploaded_data_is_copied_part_by_part_and_the_event_says_where_it_lies() {
    let scene = Scene::new();
    let data: Vec<u8> = (0..=255).cycle().take(9 * 1024 * 1024 + 1).collect();
    let announced = scene.scan(data.clone());
    assert_eq!(scene.deliver(&announced), 0);
    let message = &scene.published()[0];
    let event = scene.received(&message.message, &message.attributes);
    let copies = scene.copies();
    assert_eq!(copies.len(), 1);
    assert!(copies[0].body == data);
    let place = format!("s3://claims/{}", copies[0].key);
    assert_eq!(event["dataref"], place.as_str());
    assert_eq!(event["databytes"], json!(data.len()));
    assert_eq!(event["datacontenttype"], "application/pdf");
    assert_eq!(event.get("data"), None);
}

#[test]
fn consent_is_that_of_the_moment_and_of_what_is_withheld_nothing_is_copied() {
    let scene = Scene::new();
    let announced = scene.order(JANE, 262_144);
    scene.world.put_row("profiles", consent("withdrawn"));
    assert_eq!(scene.deliver(&announced), 0);
    assert_eq!(scene.published(), []);
    assert_eq!(scene.copies().len(), 0);
    assert_eq!(scene.receipts()[0]["outcome"], "refused");
}

#[test]
fn of_whom_is_not_known_nothing_is_published() {
    for subject in ["an order", NOBODY] {
        let scene = Scene::new();
        let announced = scene.order(subject, 1);
        assert_eq!(scene.deliver(&announced), 0);
        assert_eq!(scene.published(), []);
    }
}

#[test]
fn for_whom_nobody_knows_yet_it_waits_without_a_receipt_and_is_published_once_they_are_known() {
    let scene = Scene::new();
    let announced = scene.order_of("fairleadidentifier", "external:C-17", 1);
    assert_eq!(scene.deliver(&announced), 0);
    assert_eq!(scene.published(), []);
    assert_eq!(scene.receipts(), Vec::<Value>::new());
    assert_eq!(scene.world.rows("waiting").len(), 1);
    scene.is_called(&json!({ "profile_id": JANE, "member": JANE, "verified": true }));
    assert_eq!(scene.deliver(&announced), 0);
    assert_eq!(scene.published().len(), 1);
    assert_eq!(scene.receipts().len(), 1);
}

#[test]
fn for_whom_was_erased_nothing_waits() {
    let scene = Scene::new();
    let announced = scene.order_of("fairleadidentifier", "external:C-17", 1);
    scene.is_called(&json!({ "erased_at": "2026-01-01T09:00:00Z" }));
    assert_eq!(scene.deliver(&announced), 0);
    assert_eq!(scene.published(), []);
    assert_eq!(scene.world.rows("waiting"), Vec::<Value>::new());
}

#[test]
fn what_the_directory_does_not_say_is_not_published_whatever_the_queue_brings() {
    let scene = Scene::new();
    let announced = scene.order(JANE, 1);
    scene.publishes_to("chandlery", &["com.example.other.v1"]);
    assert_eq!(scene.deliver(&announced), 0);
    let others = announced.replace("chandlery", "ferry-line");
    assert_eq!(scene.deliver(&others), 0);
    assert_eq!(scene.published(), []);
    assert_eq!(scene.receipts(), Vec::<Value>::new());
}

#[test]
fn what_comes_again_is_published_again_under_its_key_and_lies_there_once() {
    let scene = Scene::new();
    let announced = scene.order(JANE, 262_144);
    for _ in 0..2 {
        assert_eq!(scene.deliver(&announced), 0);
    }
    let mut published = scene.published();
    let last = published.pop().unwrap();
    assert_eq!(published.len(), 1);
    assert_eq!(published[0].message, last.message);
    assert_eq!(published[0].attributes, last.attributes);
    assert_eq!(scene.copies().len(), 1);
    assert_eq!(scene.receipts().len(), 2);
}

#[test]
fn of_an_event_that_was_removed_nothing_is_published_and_nothing_stays() {
    let scene = Scene::new();
    let announced = scene.order(JANE, 262_144);
    assert_eq!(scene.deliver(&announced), 0);
    scene.remove();
    assert_eq!(scene.deliver(&announced), 0);
    assert_eq!(scene.published().len(), 1);
    assert_eq!(scene.copies().len(), 0);
}

#[test]
fn what_is_removed_while_it_is_copied_is_not_published_and_does_not_stay() {
    for is_uploaded in [false, true] {
        let scene = Scene::new();
        let announced = if is_uploaded {
            scene.scan(vec![7; 1_000])
        } else {
            scene.order(JANE, 262_144)
        };
        let (engines, removed) = (scene.world.engines().clone(), scene.removed());
        scene.world.faults().always(Fault::BlackHole, move |call| {
            if call.operation == "PutObject" {
                engines.put_row("events", &removed);
            }
            false
        });
        assert_eq!(scene.deliver(&announced), 0);
        assert_eq!(scene.published(), []);
        assert_eq!(scene.copies().len(), 0);
    }
}

#[test]
fn who_is_being_merged_is_waited_for() {
    let scene = Scene::new();
    let announced = scene.order(JANE, 1);
    scene.world.put_row("profiles", profile(Some("settling")));
    assert_eq!(scene.deliver(&announced), 1);
    assert_eq!(scene.published(), []);
    assert_eq!(scene.receipts(), Vec::<Value>::new());
}

#[test]
fn what_can_not_be_published_is_a_dead_letter() {
    let scene = Scene::new();
    let announced = scene.order(JANE, 1);
    // Its topic was not deployed.
    scene.publishes_to("crm", &[ORDERS]);
    scene.world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "agreement#letters",
            "partner": "crm",
            "terms": { "newsletter": ["events"] },
        }),
    );
    assert_eq!(scene.deliver_from("fan-out-harbour_crm", &announced), 1);
    assert_eq!(scene.deliver_from("events-in", &announced), 1);
    for unreadable in ["{}", "canary"] {
        assert_eq!(scene.deliver(unreadable), 1);
    }
}
