//! What operators switched off waits.

use std::time::Duration;

use serde_json::json;
use testkit::Fault;

use super::scene;
use crate::scene::{JANE, Scene};

/// An operator switches webhooks off, or on again, for a tenant or for all.
fn switch(scene: &Scene, tenant: Option<&str>, enabled: bool) {
    let mut flag = json!({ "name": "partner-webhooks", "enabled": enabled });
    if let Some(tenant) = tenant {
        flag["tenant"] = tenant.into();
    }
    scene
        .world
        .engines()
        .put_published("flags", &[("feature-flag", flag)]);
}

#[test]
fn while_a_tenants_webhooks_are_off_they_wait_and_then_they_go_out() {
    let scene = scene();
    let delivery = scene.event("1", Some(JANE));
    switch(&scene, Some("harbour"), false);
    for _ in 0..3 {
        scene.deliver(&delivery);
        let row = scene.delivery();
        assert_eq!(
            (&row["state"], &row["attempts"]),
            (&json!("waiting"), &json!(0))
        );
        assert_eq!(row["tried"], json!([]));
        scene.world.advance(Duration::from_mins(10));
    }
    assert!(scene.received().is_empty());
    assert!(
        scene.world.rows("receipts").is_empty(),
        "what nobody is sent is on record"
    );
    let queued = scene.world.sent_messages("webhooks");
    assert_eq!(
        queued
            .iter()
            .map(|message| message.delay)
            .collect::<Vec<_>>(),
        [601; 3]
    );
    switch(&scene, Some("harbour"), true);
    scene.deliver(&delivery);
    assert_eq!(scene.received().len(), 1);
    assert_eq!(scene.delivery()["state"], "delivered");
}

#[test]
fn those_of_another_tenant_go_out() {
    let scene = scene();
    switch(&scene, Some("airport"), false);
    scene.deliver(&scene.event("1", Some(JANE)));
    assert_eq!(scene.received().len(), 1);
}

#[test]
fn what_is_off_for_all_is_off() {
    let scene = scene();
    switch(&scene, None, false);
    scene.deliver(&scene.event("1", Some(JANE)));
    assert!(scene.received().is_empty());
}

#[test]
fn while_flags_can_not_be_read_webhooks_go_out() {
    let scene = scene();
    scene.world.faults().always(Fault::Unavailable, |call| {
        call.subject().starts_with("config")
    });
    scene.deliver(&scene.event("1", Some(JANE)));
    assert_eq!(scene.received().len(), 1);
}
