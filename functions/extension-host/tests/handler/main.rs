//! What becomes of a run.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod modules;
mod pausing;
mod scene;

use serde_json::json;
use testkit::{Call, Fault, engine::Behaviour};

use crate::scene::{JANE, Scene};

#[test]
fn what_code_answers_is_told_once_and_counts_once_however_often_it_comes() {
    let scene = Scene::new();
    scene.answers(&json!({ "traits": { "greeting": "Hello" }, "output": "well" }));
    let message = scene.message("1");
    assert_eq!(scene.brings(&[message.clone(), message.clone()]), 0);
    assert_eq!(scene.brings(std::slice::from_ref(&message)), 0);
    let told = scene.told("finished");
    assert_eq!(told.len(), 1);
    let data = &told[0].detail["data"];
    assert_eq!(
        (&data["outcome"], &data["profile_id"], &data["version"]),
        (&json!("success"), &json!(JANE), &json!("1.0.0"))
    );
    assert_eq!(told[0].detail["fairleadhops"], 1);
    assert!(
        !told[0].detail.to_string().contains("Hello"),
        "the answer is sealed"
    );
    assert_eq!(scene.answered(&message)["traits"]["greeting"], "Hello");
    let usage = scene.ledger("extension-usage#harbour#greeter#2026-01-15");
    assert_eq!((&usage["events"], &usage["errors"]), (&json!(1), &json!(0)));
    let run = scene.ledger("extension-run#");
    assert_eq!(run["state"], "done");
    assert!(
        !run.to_string().contains("Hello"),
        "of a run that is done no answer is kept"
    );
}

#[test]
fn an_answer_that_is_not_what_the_manifest_allows_is_a_failure() {
    for answer in [
        json!({ "traits": { "colour": "red" } }),
        json!({ "events": [{ "type": "com.example.other.v1" }] }),
        json!({ "output": 7 }),
        json!({ "more": 1 }),
        json!("text"),
    ] {
        let scene = Scene::new();
        scene.answers(&answer);
        assert_eq!(scene.brings(&[scene.message("1")]), 0);
        let told = scene.told("finished");
        assert_eq!(
            told[0].detail["data"]["error"], "answer-refused",
            "{answer}"
        );
        let dead = scene.dead_letters();
        assert!(
            dead[0].attributes["log_tail"].contains("answer:"),
            "{dead:?}"
        );
    }
}

#[test]
fn code_that_fails_is_tried_four_times_and_then_a_dead_letter_with_its_cause_and_log() {
    let scene = Scene::new();
    scene.fails();
    let message = scene.message("1");
    assert_eq!(scene.brings(std::slice::from_ref(&message)), 0);
    let invoked = scene.world.trace();
    let invoked = invoked
        .iter()
        .filter(|traced| traced.call.operation == "Invoke");
    assert_eq!(invoked.count(), 4);
    let dead = scene.dead_letters();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].body, message.to_json());
    assert_eq!(dead[0].attributes["cause"], "failed");
    assert_eq!(dead[0].attributes["version"], "1.0.0");
    assert!(dead[0].attributes["log_tail"].contains("no such ship"));
    let told = scene.told("finished");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].detail["data"]["outcome"], "error");
    let usage = scene.ledger("extension-usage#");
    assert_eq!((&usage["events"], &usage["errors"]), (&json!(1), &json!(1)));
}

#[test]
fn what_is_no_fault_of_the_codes_counts_as_no_attempt() {
    let scene = Scene::new();
    scene.answers(&json!({}));
    let is_invoked = |call: &Call| call.operation == "Invoke";
    for _ in 0..4 {
        scene.world.faults().once(Fault::Unavailable, is_invoked);
    }
    assert_eq!(scene.brings(&[scene.message("1")]), 0);
    assert_eq!(
        scene.told("finished")[0].detail["data"]["outcome"],
        "success"
    );
    assert!(scene.dead_letters().is_empty());
}

#[test]
fn a_message_for_another_tenant_is_seen_by_no_code() {
    let scene = Scene::new();
    scene.does(|_| panic!("code is given what is another tenant's"));
    let mut message = scene.message("1");
    message.run.tenant = "airport".parse().unwrap();
    assert_eq!(scene.brings(&[message]), 1, "it stays in the queue");
    assert_eq!(scene.brings_bodies(&["{}".to_owned()]), 1);
    assert!(scene.told("finished").is_empty());
}

#[test]
fn of_whoever_was_erased_meanwhile_nothing_is_run() {
    let scene = Scene::new();
    scene.does(|_| panic!("code is given what is gone"));
    let mut message = scene.message("1");
    message.event = extension::Carried::Claim {
        pointer: r#"["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"events","s3Key":"events/harbour/1/2"}]"#.to_owned(),
        bytes: 4,
    };
    assert_eq!(scene.brings(&[message]), 0);
    let told = scene.told("finished");
    assert_eq!(told[0].detail["data"]["outcome"], "withheld");
    assert!(scene.dead_letters().is_empty());
}

#[test]
fn a_pointer_leads_to_the_tenants_own_events_alone() {
    let scene = Scene::new();
    scene.does(|_| panic!("code is given what is another tenant's"));
    let engines = scene.world.engines();
    engines.put_object(
        "events",
        "events/airport/1/2",
        "application/json",
        b"{}".to_vec(),
    );
    let mut message = scene.message("1");
    message.event = extension::Carried::Claim {
        pointer: r#"["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"events","s3Key":"events/airport/1/2"}]"#.to_owned(),
        bytes: 2,
    };
    assert_eq!(scene.brings(&[message]), 1, "it stays in the queue");
}

#[test]
fn an_extension_that_is_gone_leaves_its_events_as_dead_letters() {
    let scene = Scene::new();
    scene.does(|_| Behaviour::Returns(json!({})));
    scene.is_registered("removing");
    assert_eq!(scene.brings(&[scene.message("1")]), 0);
    assert_eq!(
        scene.dead_letters()[0].attributes["cause"],
        "unknown-extension"
    );
}
