use std::time::Duration;

use serde_json::{Value, json};
use testkit::engine::Recipient;

use crate::{
    JANE, PHONE, created, decide, deliver, envelope, prefer, sent, tested, updated, world,
    world_with_jane,
};

#[test]
fn who_agreed_gets_a_text_message_and_the_topic_a_reference() {
    let world = world();
    let event = updated(&world, Some("harbour"));
    assert!(deliver(&world, &[envelope(&event)]).is_empty());
    let notices = world.notifications();
    assert_eq!(sent(&world), (1, 1));
    for notice in &notices {
        let channel = match &notice.recipient {
            Recipient::Phone(number) => {
                assert_eq!(number, PHONE);
                "sms"
            }
            Recipient::Topic(name) => {
                assert_eq!(name, "notifications");
                let told: Value = serde_json::from_str(&notice.message).unwrap();
                assert_eq!(told["profile_id"], JANE);
                assert_eq!(told["event_id"], event.id);
                assert_eq!(told["notice"], "profile-updated");
                assert!(!notice.message.contains(PHONE));
                "topic"
            }
        };
        assert_eq!(
            notice.attributes["idempotency.key"],
            format!("notice#{}#{channel}", event.id)
        );
    }
}

#[test]
fn a_new_profile_is_told_in_its_own_words() {
    let world = world();
    deliver(&world, &[envelope(&created(&world))]);
    let notices = world.notifications();
    assert!(
        notices
            .iter()
            .all(|notice| notice.message.contains("was created"))
    );
}

#[test]
fn a_test_goes_the_way_of_any_notice() {
    let world = world();
    let event = tested(&world);
    for _ in 0..2 {
        assert!(deliver(&world, &[envelope(&event)]).is_empty());
    }
    assert_eq!(sent(&world), (1, 1));
    let notices = world.notifications();
    let is_a_test = |text: &str| text.contains("test message that you asked for");
    assert!(notices.iter().all(|notice| is_a_test(&notice.message)));
    prefer(&world, &json!({ "notices_by_sms": "no" }));
    deliver(&world, &[envelope(&tested(&world))]);
    assert_eq!(sent(&world), (1, 2));
    decide(&world, "harbour", "withdrawn");
    deliver(&world, &[envelope(&tested(&world))]);
    assert_eq!(sent(&world), (1, 2));
}

#[test]
fn who_did_not_decide_gets_nothing() {
    let world = world_with_jane(true);
    assert!(deliver(&world, &[envelope(&updated(&world, Some("harbour")))]).is_empty());
    assert_eq!(sent(&world), (0, 0));
    assert!(world.rows("ledger").is_empty());
}

#[test]
fn who_withdrew_gets_nothing() {
    let world = world();
    let body = envelope(&updated(&world, Some("harbour")));
    decide(&world, "harbour", "withdrawn");
    assert!(deliver(&world, &[body]).is_empty());
    assert_eq!(sent(&world), (0, 0));
}

#[test]
fn whose_consent_ran_out_while_the_notice_waited_gets_nothing() {
    let world = world();
    let mut row = world
        .rows("profiles")
        .into_iter()
        .find(|row| row["part"] == "consent#harbour#account-notices")
        .unwrap();
    row["expires_at"] = "2026-01-15T09:01:00Z".into();
    world.put_row("profiles", row);
    let before = envelope(&updated(&world, Some("harbour")));
    let after = envelope(&updated(&world, Some("harbour")));
    assert!(deliver(&world, &[before]).is_empty());
    assert_eq!(sent(&world), (1, 1));
    world.advance(Duration::from_mins(1));
    assert!(deliver(&world, &[after]).is_empty());
    assert_eq!(sent(&world), (1, 1));
}

#[test]
fn a_consent_to_one_tenant_is_none_to_another() {
    let world = world();
    assert!(deliver(&world, &[envelope(&updated(&world, Some("airport")))]).is_empty());
    assert_eq!(sent(&world), (0, 0));
}

#[test]
fn an_event_that_names_no_tenant_calls_for_no_notice() {
    let world = world();
    assert!(deliver(&world, &[envelope(&updated(&world, None))]).is_empty());
    assert_eq!(sent(&world), (0, 0));
    assert!(world.trace().is_empty());
}

#[test]
fn an_unproven_telephone_gets_nothing_and_the_topic_its_reference() {
    let world = world_with_jane(false);
    decide(&world, "harbour", "granted");
    assert!(deliver(&world, &[envelope(&updated(&world, Some("harbour")))]).is_empty());
    assert_eq!(sent(&world), (0, 1));
}

#[test]
fn a_person_who_is_gone_gets_nothing() {
    let world = testkit::World::new(1);
    decide(&world, "harbour", "granted");
    assert!(deliver(&world, &[envelope(&updated(&world, Some("harbour")))]).is_empty());
    assert_eq!(sent(&world), (0, 0));
}

#[test]
fn a_decision_on_a_consent_calls_for_no_notice() {
    let world = world();
    let event = json!({
        "specversion": "1.0",
        "id": "evt_1",
        "source": "dev.fairlead.consent",
        "subject": JANE,
        "time": "2026-01-15T09:00:00Z",
        "datacontenttype": "application/json",
        "type": "dev.fairlead.consent.granted.v1",
        "data": {
            "profile_id": JANE, "version": 1, "tenant_id": "harbour", "purpose": "account-notices",
            "text_version": "1", "surface": "self-service",
        },
    });
    assert!(deliver(&world, &[json!({ "detail": event }).to_string()]).is_empty());
    assert!(world.trace().is_empty());
}
