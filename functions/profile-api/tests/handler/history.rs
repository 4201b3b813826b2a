use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Call, Fault};

use crate::{GRANTED, JANE, JOAN, WITHDRAWN, body, claims, consent, outbox, send, standing, world};

fn history(answer: &Value) -> Vec<Value> {
    body(answer)["history"].as_array().unwrap().clone()
}

#[test]
fn every_decision_is_kept_with_its_evidence_the_latest_first() {
    let world = world(1);
    send(
        &world,
        &consent("newsletter", &GRANTED.replace('}', r#","language":"de"}"#)),
    );
    world.advance(Duration::from_mins(1));
    send(&world, &consent("newsletter", WITHDRAWN));
    let answer = send(&world, &standing("newsletter"));
    let [withdrawn, granted] = history(&answer).try_into().unwrap();
    let id = granted["decision_id"].as_str().unwrap();
    assert!(id.starts_with("dec_") && id.len() == 36, "{id}");
    assert_eq!(
        granted,
        json!({
            "decision_id": id,
            "schema_version": "fairlead.consent/1",
            "profile_id": JANE,
            "tenant": "harbour",
            "purpose": "newsletter",
            "legal_basis": "consent",
            "decision": "granted",
            "text_version": "2026-01",
            "language": "de",
            "surface": "self-service",
            "decided_at": "2026-01-15T09:00:00Z",
            "expires_at": "2026-01-20T09:00:00Z",
            "withdrawal_method": "self-service",
            "version": 1,
            "request_id": "request-1",
        })
    );
    assert_eq!(withdrawn["decision"], "withdrawn");
    assert_eq!(withdrawn["decided_at"], "2026-01-15T09:01:00Z");
    assert_eq!(body(&answer)["state"], "withdrawn");
    let told: Vec<_> = outbox(&world)
        .iter()
        .map(|event| event["data"]["decision_id"].clone())
        .collect();
    assert!(told.contains(&granted["decision_id"]) && told.contains(&withdrawn["decision_id"]));
}

#[test]
fn a_history_is_of_one_person_one_tenant_and_one_purpose() {
    let world = world(1);
    send(&world, &consent("account-notices", GRANTED));
    send(&world, &consent("newsletter", GRANTED));
    assert_eq!(history(&send(&world, &standing("newsletter"))).len(), 1);
    for (claim, other) in [("fairlead:tenant", "airport"), ("fairlead:profile", JOAN)] {
        let mut elsewhere = standing("account-notices");
        claims(&mut elsewhere)[claim] = other.into();
        assert_eq!(history(&send(&world, &elsewhere)), Vec::<Value>::new());
    }
}

#[test]
fn a_decision_that_says_nothing_new_and_one_that_fails_leave_no_trace() {
    let world = world(1);
    send(&world, &consent("newsletter", GRANTED));
    send(&world, &consent("newsletter", GRANTED));
    world
        .faults()
        .always(Fault::Unavailable, Call::is_table_write);
    send(&world, &consent("newsletter", WITHDRAWN));
    world.faults().heal();
    assert_eq!(history(&send(&world, &standing("newsletter"))).len(), 1);
}

#[test]
fn a_long_history_is_told_from_its_latest_hundred() {
    let world = world(1);
    for _ in 0..51 {
        for decision in [GRANTED, WITHDRAWN] {
            send(&world, &consent("account-notices", decision));
            world.advance(Duration::from_millis(2));
        }
    }
    let versions: Vec<_> = history(&send(&world, &standing("account-notices")))
        .iter()
        .map(|each| each["version"].as_u64().unwrap())
        .collect();
    assert_eq!(versions, (3..=102).rev().collect::<Vec<_>>());
}
