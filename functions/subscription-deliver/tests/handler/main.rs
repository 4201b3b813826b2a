//! The handler on a simulated AWS with an outside: what is sent to whom, how it is signed, and what
//! becomes of what an endpoint says.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod dead;
mod scene;
mod switched_off;

use std::{net::IpAddr, time::Duration};

use serde_json::{Value, json};

use crate::scene::{ENDPOINT, ERASURE, HOST, JANE, Scene, consent, notice};

const OUTSIDE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(93, 184, 216, 34));

/// An id by which Jane went at a partner.
const ANOTHER_ID: &str = "prf_02020202020272028202020202020202";

fn scene() -> Scene {
    let scene = Scene::new();
    scene.world.engines().put_host(HOST, &[OUTSIDE]);
    scene
}

#[test]
fn a_partner_is_sent_what_it_may_have_signed_and_with_a_receipt() {
    let scene = scene();
    let delivery = scene.event("1", Some(JANE));
    scene.deliver(&delivery);
    let received = scene.received();
    assert_eq!(received.len(), 1);
    let message = &received[0];
    assert_eq!(
        (message.url.as_str(), message.address.as_str()),
        (ENDPOINT, "93.184.216.34")
    );
    assert_eq!(message.header("webhook-id"), delivery.delivery_id.as_str());
    assert_eq!(message.header("webhook-timestamp"), "1768467600");
    assert_eq!(
        message.header("content-type"),
        "application/cloudevents+json"
    );
    assert!(message.is_signed_by(&Scene::secret(1)));
    let body: Value = serde_json::from_str(&message.body).unwrap();
    assert_eq!(
        (&body["id"], &body["data"]["order"]),
        (&json!("1"), &json!("canary"))
    );
    let row = scene.delivery();
    assert_eq!(row["state"], "delivered");
    assert_eq!(row["tried"][0]["status"], 204);
    assert_eq!(row.get("due_shard"), None);
    let receipts = scene.world.rows("receipts");
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0]["allowed"], json!(["events"]));
    assert_eq!(receipts[0]["request_id"], delivery.delivery_id.as_str());
}

#[test]
fn of_data_that_was_uploaded_a_partner_is_sent_where_the_api_leads_to_it_each_time_alike() {
    let scene = scene();
    let delivery = scene.uploaded("1");
    scene.world.engines().answer_webhook(ENDPOINT, 503, &[]);
    scene.deliver(&delivery);
    scene.world.advance(Duration::from_hours(1));
    scene.deliver(&delivery);
    let received = scene.received();
    let [first, second] = received.as_slice() else {
        panic!("it was sent {} times", received.len());
    };
    assert_eq!(first.body, second.body);
    let body: Value = serde_json::from_str(&first.body).unwrap();
    let (_, digest) = scene.world.rows("events")[0]["event"]
        .as_str()
        .unwrap()
        .split_once('#')
        .map(|(tenant, digest)| (tenant.to_owned(), digest.to_owned()))
        .unwrap();
    assert_eq!(body["dataref"], format!("/v1/events/{digest}/data"));
    assert_eq!(body["databytes"], 2);
    assert_eq!((body.get("data"), body.get("data_base64")), (None, None));
}

#[test]
fn what_was_sent_is_not_sent_again() {
    let scene = scene();
    let delivery = scene.event("1", Some(JANE));
    for _ in 0..3 {
        scene.deliver(&delivery);
    }
    assert_eq!(scene.received().len(), 1);
}

#[test]
fn consent_is_that_of_the_moment_of_sending() {
    let scene = scene();
    let delivery = scene.event("1", Some(JANE));
    scene.world.put_row("profiles", consent("withdrawn"));
    scene.deliver(&delivery);
    assert_eq!(scene.received(), []);
    assert_eq!(scene.delivery()["state"], "withheld");
    let receipts = scene.world.rows("receipts");
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0]["outcome"], "refused");
}

#[test]
fn of_whom_is_not_known_nothing_is_sent() {
    for subject in [None, Some("prf_0f0f0f0f0f0f7f0f8f0f0f0f0f0f0f0f")] {
        let scene = scene();
        let delivery = scene.event("1", subject);
        scene.deliver(&delivery);
        assert_eq!(scene.received(), []);
        assert_eq!(scene.delivery()["state"], "withheld");
    }
}

#[test]
fn an_agreement_that_does_not_cover_events_sends_none() {
    let scene = scene();
    scene.agree(&["names"]);
    let delivery = scene.event("1", Some(JANE));
    scene.deliver(&delivery);
    assert_eq!(scene.delivery()["state"], "withheld");
}

#[test]
fn an_agreement_counts_as_it_is_when_something_is_sent() {
    for (member, value) in [
        ("valid_until", json!("2026-01-15T08:00:00Z")),
        ("partner", json!("crm")),
    ] {
        let scene = scene();
        let delivery = scene.event("1", Some(JANE));
        let agreement = |row: &Value| row["part"] == "agreement#letters";
        let mut rows = scene.world.rows("directory").into_iter();
        let mut row = rows.find(agreement).unwrap();
        row[member] = value;
        scene.world.put_row("directory", row);
        scene.deliver(&delivery);
        assert_eq!(scene.received(), []);
        assert_eq!(scene.delivery()["state"], "withheld");
    }
}

#[test]
fn a_message_of_an_sdk_is_about_whom_its_sender_calls_so() {
    let scene = scene();
    scene.is_called("C-17");
    for delivery in ["C-17", "C-18"].map(|user| scene.message(user)) {
        scene.deliver(&delivery);
    }
    let received = scene.received();
    assert_eq!(received.len(), 1);
    let body: Value = serde_json::from_str(&received[0].body).unwrap();
    assert_eq!(body["data"]["userId"], "C-17");
}

#[test]
fn of_a_change_the_partner_hears_that_it_was_and_of_whom() {
    let scene = scene();
    let delivery = scene.notice("dev.fairlead.profile.updated.v1", notice(None));
    scene.deliver(&delivery);
    let body: Value = serde_json::from_str(&scene.received()[0].body).unwrap();
    assert_eq!(body["data"], json!({ "profile_id": JANE }));
    assert_eq!(body["type"], "dev.fairlead.profile.updated.v1");
    assert_eq!(scene.world.rows("receipts").len(), 1);
}

#[test]
fn that_it_is_to_erase_somebody_a_partner_is_told_whatever_it_may_read() {
    for kind in ["told", "reminded"] {
        let scene = scene();
        scene.world.put_row("profiles", consent("withdrawn"));
        // The chandlery never knew the person by the id that they went by in the end.
        scene.is_to_erase("chandlery", &[ANOTHER_ID], None);
        scene.is_to_erase("sailmaker", &[JANE], None);
        let kind = format!("dev.fairlead.erasure.{kind}.v1");
        let delivery = scene.notice(&kind, notice(Some(ERASURE)));
        scene.deliver(&delivery);
        let received = scene.received();
        let sent = &received[0].body;
        let body: Value = serde_json::from_str(sent).unwrap();
        assert_eq!(body["type"], kind);
        assert_eq!(body["source"], "dev.fairlead.erasure");
        assert_eq!(body["subject"], ERASURE);
        assert_eq!(
            body["data"],
            json!({
                "erasure_id": ERASURE,
                "profile_ids": [ANOTHER_ID],
                "told_at": "2026-01-15T08:58:00Z",
                "acknowledge_by": "2026-01-29T08:58:00Z",
                "reminders": 1,
            })
        );
        assert!(!sent.contains(JANE), "{sent}");
    }
}

#[test]
fn what_it_has_acknowledged_or_was_never_told_a_partner_is_not_told_of() {
    for (partner, acknowledged_at) in [
        ("chandlery", Some("2026-01-15T08:59:30Z")),
        ("sailmaker", None),
    ] {
        let scene = scene();
        scene.is_to_erase(partner, &[JANE], acknowledged_at);
        let kind = "dev.fairlead.erasure.reminded.v1";
        let delivery = scene.notice(kind, notice(Some(ERASURE)));
        scene.deliver(&delivery);
        assert_eq!(scene.received(), []);
        assert_eq!(scene.delivery()["state"], "cancelled");
    }
}

#[test]
fn a_name_with_one_address_inside_is_not_called() {
    let scene = scene();
    let inside = IpAddr::from([10, 0, 0, 1]);
    scene.world.engines().put_host(HOST, &[OUTSIDE, inside]);
    let delivery = scene.event("1", Some(JANE));
    scene.deliver(&delivery);
    assert_eq!(scene.received(), []);
    let row = scene.delivery();
    assert_eq!(row["state"], "waiting");
    assert_eq!(row["tried"][0]["outcome"], "no-address");
}

#[test]
fn a_redirect_is_a_failure_and_leads_nowhere() {
    let scene = scene();
    let location = [("location", "https://169.254.169.254/")];
    scene
        .world
        .engines()
        .answer_webhook(ENDPOINT, 302, &location);
    let delivery = scene.event("1", Some(JANE));
    scene.deliver(&delivery);
    assert_eq!(scene.received().len(), 1);
    assert_eq!(scene.delivery()["tried"][0]["status"], 302);
    assert_eq!(scene.delivery()["state"], "waiting");
}

#[test]
fn who_answers_410_is_told_nothing_any_more() {
    let scene = scene();
    scene.world.engines().answer_webhook(ENDPOINT, 410, &[]);
    let (first, second) = (scene.event("1", Some(JANE)), scene.event("2", Some(JANE)));
    scene.deliver(&first);
    scene.deliver(&second);
    assert_eq!(scene.received().len(), 1);
    let row = &scene.world.rows("subscriptions")[0];
    assert_eq!(row["state"], "disabled");
    assert_eq!(row["disabled_because"], "gone");
    let mut states: Vec<Value> = scene.world.rows("deliveries");
    let states: Vec<Value> = states.iter_mut().map(|row| row["state"].take()).collect();
    assert!(states.contains(&json!("failed")) && states.contains(&json!("cancelled")));
}

#[test]
fn who_names_a_time_is_not_called_before() {
    let scene = scene();
    let later = [("retry-after", "600")];
    scene.world.engines().answer_webhook(ENDPOINT, 503, &later);
    let delivery = scene.event("1", Some(JANE));
    scene.deliver(&delivery);
    assert_eq!(scene.delivery()["next_at"], "2026-01-15T09:10:00Z");
    let queued = scene.world.sent_messages("webhooks");
    assert_eq!(queued.len(), 1);
    assert_eq!(queued[0].delay, 601);
    scene.deliver(&delivery);
    assert_eq!(scene.received().len(), 1);
    scene.world.advance(Duration::from_mins(10));
    scene.deliver(&delivery);
    assert_eq!(scene.delivery()["state"], "delivered");
    let ids = scene.received();
    assert_eq!(ids[0].header("webhook-id"), ids[1].header("webhook-id"));
}

#[test]
fn an_endpoint_that_keeps_failing_is_left_in_peace_and_then_tried_once() {
    let scene = scene();
    let mut deliveries = Vec::new();
    for n in 1..=7 {
        deliveries.push(scene.event(&n.to_string(), Some(JANE)));
    }
    for _ in 0..5 {
        scene.world.engines().answer_webhook(ENDPOINT, 500, &[]);
    }
    for delivery in &deliveries[..6] {
        scene.deliver(delivery);
    }
    assert_eq!(scene.received().len(), 5);
    let circuit = |scene: &Scene| scene.world.rows("subscriptions")[0]["circuit"].clone();
    assert_eq!(circuit(&scene)["state"], "open");
    let key = deliveries[5].delivery_id.as_str();
    let rows = scene.world.rows("deliveries");
    let postponed = rows.iter().find(|row| row["delivery_id"] == key).unwrap();
    // Its attempt was not made, and the next one comes by the schedule, once the endpoint is called again.
    assert_eq!(postponed["attempts"], 1);
    assert_eq!(postponed["tried"][0]["outcome"], "not-called");
    scene.world.advance(Duration::from_secs(31));
    scene.deliver(&deliveries[6]);
    assert_eq!(scene.received().len(), 6);
    assert_eq!(circuit(&scene), json!({ "state": "closed", "failures": 0 }));
}

#[test]
fn while_two_secrets_hold_a_message_is_signed_with_both() {
    let scene = scene();
    scene.rotate();
    let delivery = scene.event("1", Some(JANE));
    scene.deliver(&delivery);
    let message = &scene.received()[0];
    assert!(message.is_signed_by(&Scene::secret(1)) && message.is_signed_by(&Scene::secret(2)));
}

#[test]
fn what_its_partner_no_longer_wants_is_not_sent() {
    let scene = scene();
    let delivery = scene.event("1", Some(JANE));
    let mut row = scene.world.rows("subscriptions")[0].clone();
    row["state"] = "disabled".into();
    scene.world.put_row("subscriptions", row);
    scene.deliver(&delivery);
    assert_eq!(scene.received(), []);
    assert_eq!(scene.delivery()["state"], "cancelled");
}
