use serde_json::json;

use crate::{decide, deliver, envelope, prefer, sent, updated, world, world_with_jane};

#[test]
fn a_channel_that_the_person_does_not_want_is_left_out() {
    for (preferences, expected) in [
        (json!({ "notices_by_sms": "no" }), (0, 1)),
        (json!({ "notices_by_topic": "no" }), (1, 0)),
        (
            json!({ "notices_by_sms": "no", "notices_by_topic": "no" }),
            (0, 0),
        ),
        (
            json!({ "notices_by_sms": "yes", "notices_by_topic": "yes" }),
            (1, 1),
        ),
        (json!({}), (1, 1)),
    ] {
        let world = world();
        prefer(&world, &preferences);
        assert!(deliver(&world, &[envelope(&updated(&world, Some("harbour")))]).is_empty());
        assert_eq!(sent(&world), expected, "{preferences}");
    }
}

#[test]
fn a_preference_is_read_when_the_notice_is_sent_and_not_when_it_was_queued() {
    let world = world();
    let body = envelope(&updated(&world, Some("harbour")));
    prefer(&world, &json!({ "notices_by_sms": "no" }));
    assert!(deliver(&world, &[body]).is_empty());
    assert_eq!(sent(&world), (0, 1));
}

#[test]
fn wanting_a_notice_is_no_consent_to_it() {
    let wanted = json!({ "notices_by_sms": "yes", "notices_by_topic": "yes" });
    let undecided = world_with_jane(true);
    let withdrawn = world();
    decide(&withdrawn, "harbour", "withdrawn");
    for world in [undecided, withdrawn] {
        prefer(&world, &wanted);
        assert!(deliver(&world, &[envelope(&updated(&world, Some("harbour")))]).is_empty());
        assert_eq!(sent(&world), (0, 0));
    }
}
