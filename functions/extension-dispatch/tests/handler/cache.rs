//! What is known of tenants, and for how long.

use std::time::Duration;

use serde_json::json;
use testkit::{Call, Fault, Service};

use crate::scene::Scene;

fn reads(scene: &Scene) -> usize {
    let trace = scene.world.trace();
    let of_directory =
        |call: &Call| call.service == Service::DynamoDb && call.input["TableName"] == "directory";
    let of_hosts = |call: &Call| call.input.to_string().contains("extension");
    trace
        .iter()
        .filter(|traced| of_directory(&traced.call) && of_hosts(&traced.call))
        .count()
}

#[test]
fn of_ten_thousand_tenants_without_code_each_costs_one_read_and_then_none() {
    let scene = Scene::new();
    let app = scene.app();
    let told: Vec<String> = (0..10_000)
        .map(|number| {
            let event = json!({
                "specversion": "1.0", "id": format!("evt_{number:032x}"), "source": "dev.fairlead.profile",
                "type": "dev.fairlead.profile.signed-in.v1", "subject": crate::scene::JANE,
                "time": "2026-01-15T09:00:00Z", "datacontenttype": "application/json",
                "data": { "profile_id": crate::scene::JANE, "tenant_id": format!("tenant-{number}") },
            });
            json!({ "detail": event }).to_string()
        })
        .collect();
    let world = &scene.world;
    let brings = |bodies: Vec<String>| {
        let outcome = testkit::delivery::sqs(
            world,
            "extension-intake",
            bodies,
            async |event, invocation| extension_dispatch::handle(&app, event, invocation).await,
        );
        assert_eq!(world.block_on(outcome).dead_letters.len(), 0);
    };
    brings(told.clone());
    assert_eq!(reads(&scene), 10_000);
    brings(told);
    assert_eq!(
        reads(&scene),
        10_000,
        "that there is nothing is remembered, too"
    );
}

#[test]
fn what_changed_counts_within_seconds() {
    let scene = Scene::new();
    scene.has_a_host("harbour", "ready");
    scene.registers("harbour", "greeter", &json!({ "state": "disabled" }));
    let app = scene.app();
    let world = &scene.world;
    let brings = |body: String| {
        let outcome = testkit::delivery::sqs(
            world,
            "extension-intake",
            [body],
            async |event, invocation| extension_dispatch::handle(&app, event, invocation).await,
        );
        assert_eq!(world.block_on(outcome).dead_letters.len(), 0);
    };
    brings(scene.order("harbour", "1", &json!({})));
    scene.registers("harbour", "greeter", &json!({}));
    brings(scene.order("harbour", "2", &json!({})));
    assert_eq!(scene.queue("extension-harbour").len(), 0);
    world.advance(Duration::from_secs(21));
    brings(scene.order("harbour", "3", &json!({})));
    assert_eq!(scene.queue("extension-harbour").len(), 1);
}

#[test]
fn while_the_directory_is_out_of_reach_what_was_read_last_serves_for_minutes_and_no_longer() {
    let scene = Scene::new();
    scene.has_a_host("harbour", "ready");
    scene.registers("harbour", "greeter", &json!({}));
    let app = scene.app();
    let world = &scene.world;
    let brings = |body: String| {
        let outcome = testkit::delivery::sqs(
            world,
            "extension-intake",
            [body],
            async |event, invocation| extension_dispatch::handle(&app, event, invocation).await,
        );
        world.block_on(outcome).dead_letters.len()
    };
    assert_eq!(brings(scene.order("harbour", "1", &json!({}))), 0);
    let of_hosts = |call: &Call| {
        call.service == Service::DynamoDb && call.input.to_string().contains("extension-host")
    };
    world.faults().always(Fault::Unavailable, of_hosts);
    world.advance(Duration::from_secs(30));
    assert_eq!(brings(scene.order("harbour", "2", &json!({}))), 0);
    assert_eq!(scene.queue("extension-harbour").len(), 2);
    world.advance(Duration::from_mins(10));
    assert_eq!(
        brings(scene.order("harbour", "3", &json!({}))),
        1,
        "then it stays in the queue"
    );
    assert_eq!(scene.queue("extension-harbour").len(), 2);
}
