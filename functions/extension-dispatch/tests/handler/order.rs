//! In order, in batches, and in turn.

use std::time::Duration;

use lambda_kit::Invocation;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Call, Fault};

use crate::scene::Scene;

#[test]
fn in_order_a_persons_events_go_to_the_queue_for_that_under_one_group() {
    let scene = Scene::new();
    scene.has_a_host("harbour", "ready");
    scene.registers("harbour", "greeter", &json!({ "ordered": true }));
    let told: Vec<String> = (0..3)
        .map(|id| scene.order("harbour", &id.to_string(), &json!({})))
        .collect();
    assert_eq!(scene.brings(&told), 0);
    let sent = scene.queue("extension-harbour.fifo");
    assert_eq!(sent.len(), 3);
    assert!(
        sent.iter()
            .all(|sent| sent.group == sent.group && sent.deduplication.is_some())
    );
    assert!(
        sent[0]
            .group
            .as_deref()
            .unwrap()
            .starts_with("greeter.prf_")
    );
    let orders: Vec<String> = sent
        .iter()
        .map(|sent| {
            let body: Value = serde_json::from_str(&sent.body).unwrap();
            body["event"]["whole"]["data"]["order"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(orders, ["0", "1", "2"]);
}

#[test]
fn a_batch_is_one_call_for_each_queue_and_what_of_it_was_not_taken_is_sent_again() {
    let scene = Scene::new();
    scene.has_a_host("harbour", "ready");
    scene.registers("harbour", "greeter", &json!({}));
    let told: Vec<String> = (0..10)
        .map(|id| scene.order("harbour", &id.to_string(), &json!({})))
        .collect();
    let is_batch = |call: &Call| call.operation == "SendMessageBatch";
    scene.world.faults().once(Fault::HalfApply, is_batch);
    assert_eq!(scene.brings(&told), 0);
    let calls = scene.world.trace();
    assert_eq!(
        calls.iter().filter(|traced| is_batch(&traced.call)).count(),
        2
    );
    assert_eq!(scene.queue("extension-harbour").len(), 10);
}

#[test]
fn while_a_queue_is_out_of_reach_its_messages_stay_and_those_of_others_go() {
    let scene = Scene::new();
    for tenant in ["harbour", "airport"] {
        scene.has_a_host(tenant, "ready");
        scene.registers(tenant, "greeter", &json!({}));
    }
    let told = [
        scene.order("harbour", "1", &json!({})),
        scene.order("airport", "2", &json!({})),
    ];
    let is_harbours = |call: &Call| {
        let url = call.input["QueueUrl"].as_str().unwrap_or_default();
        url.ends_with("extension-harbour")
    };
    scene.world.faults().always(Fault::Unavailable, is_harbours);
    assert_eq!(scene.brings(&told), 1);
    assert_eq!(scene.queue("extension-airport").len(), 1);
}

#[test]
fn a_noisy_tenant_waits_in_its_own_backlog_and_a_quiet_one_is_served() {
    let scene = Scene::new();
    for tenant in ["harbour", "airport"] {
        scene.has_a_host(tenant, "ready");
        scene.registers(tenant, "greeter", &json!({}));
    }
    let mut told: Vec<String> = (0..9)
        .map(|id| scene.order("harbour", &id.to_string(), &json!({})))
        .collect();
    told.push(scene.order("airport", "quiet", &json!({})));
    let app = scene.app();
    let records: Vec<Value> = told
        .iter()
        .enumerate()
        .map(|(id, body)| json!({ "messageId": id.to_string(), "body": body }))
        .collect();
    let event = to_raw_value(&json!({ "Records": records })).unwrap();
    let invocation: Invocation = scene.world.invocation(Duration::from_secs(30));
    let answer = extension_dispatch::handle(&app, &event, invocation);
    let answer = scene.world.block_on(answer).unwrap();
    assert!(answer.batch_item_failures.is_empty());
    assert_eq!(scene.queue("extension-airport").len(), 1);
    let waits = scene.queue("extension-backlog");
    assert_eq!(waits.len() + scene.queue("extension-harbour").len(), 9);
    assert!(!waits.is_empty());
    assert!(
        waits
            .iter()
            .all(|sent| sent.group.as_deref() == Some("harbour"))
    );
    let waits: Vec<String> = waits.into_iter().map(|sent| sent.body).collect();
    assert_eq!(scene.brings(&waits), 0);
    assert_eq!(scene.queue("extension-harbour").len(), 9);
}
