use std::collections::BTreeMap;

use rstest::rstest;
use serde_json::json;

use super::*;
use crate::{Action, EventKey, Kinds, Position};

const NOW: Timestamp = Timestamp::constant(1_768_467_600, 500_000_000);

fn kind() -> Kind {
    let mapping = r#"{
        "object": "Thing__c", "published": "contact",
        "fields": { "Name": "name", "Size__c": { "to": "size", "type": "number" } }
    }"#;
    let schema = r#"{
        "properties": { "name": { "type": "string" }, "size": { "maximum": 10 } },
        "required": ["name"]
    }"#;
    Kind::new("thing", mapping, schema).unwrap()
}

fn id() -> RecordId {
    "a0B5f00002J9YYEEA3".parse().unwrap()
}

fn change(n: u64, what: What) -> Change {
    let event = EventKey::of(&[&n.to_string()]);
    Change {
        position: Position::new(n, 0, 0, &event),
        event,
        action: Action::Updated,
        operator: Some("0055f000005mc66AAA".to_owned()),
        what,
        is_edit: true,
    }
}

fn whole(name: &str, size: i64) -> What {
    What::Whole(BTreeMap::from([
        ("Name".to_owned(), json!(name)),
        ("Size__c".to_owned(), json!(size)),
    ]))
}

fn part(name: &str, is_incomplete: bool) -> What {
    What::Part {
        values: BTreeMap::from([("Name".to_owned(), json!(name))]),
        is_incomplete,
    }
}

/// What `changes` are decided to be one after the other, and how everything stands then.
fn decided(changes: &[Change]) -> (Seen, Vec<Decision>) {
    let mut seen = Seen::default();
    let mut decisions = Vec::new();
    for change in changes {
        let decision = decide(&kind(), &id(), &seen, change, NOW).unwrap();
        if let Some(writing) = decision.writing.clone() {
            seen.record = writing.record;
            seen.published = writing.published.or(seen.published);
        }
        decisions.push(decision);
    }
    (seen, decisions)
}

fn outcome(decision: &Decision) -> (Verdict, &str, Count) {
    let writing = decision.writing.as_ref().unwrap();
    let outcome = writing.outcome.as_ref().unwrap();
    (
        outcome.result,
        outcome.reason.as_str(),
        writing.count.unwrap(),
    )
}

fn names(seen: &Seen) -> Vec<String> {
    let Some(item) = &seen.published else {
        return Vec::new();
    };
    let published = item.open().unwrap();
    let names = published
        .of_kind("thing")
        .map(|(_, record)| record["name"].as_str().unwrap().to_owned());
    names.collect()
}

#[test]
fn a_record_that_is_told_whole_is_published_with_its_outcome() {
    let (seen, decisions) = decided(&[change(1, whole("a", 1))]);
    assert_eq!(
        outcome(&decisions[0]),
        (Verdict::Success, "it counts", Count::Written)
    );
    assert!(!decisions[0].asks_reread);
    assert_eq!(names(&seen), ["a"]);
    let record = seen.record.unwrap();
    assert_eq!(record.record, Some(json!({ "name": "a", "size": 1 })));
    assert_eq!((record.version, record.changed_at), (1, NOW));
    let outcome = decisions[0]
        .writing
        .as_ref()
        .unwrap()
        .outcome
        .as_ref()
        .unwrap();
    assert_eq!(outcome.decided_at.to_string(), "2026-01-15T09:00:00Z");
    assert_eq!(outcome.operator.as_deref(), Some("0055f000005mc66AAA"));
}

#[test]
fn an_event_whose_outcome_is_there_changes_nothing() {
    let seen = Seen {
        is_done: true,
        ..Seen::default()
    };
    let decision = decide(&kind(), &id(), &seen, &change(1, whole("a", 1)), NOW).unwrap();
    assert_eq!(decision, Decision::default());
    let refused = refuse(&kind(), &id(), &seen, &change(1, whole("a", 1)), "why", NOW);
    assert_eq!(refused, Decision::default());
}

#[test]
fn an_older_event_changes_nothing_and_its_operator_is_told() {
    let (seen, decisions) = decided(&[change(2, whole("b", 1)), change(1, whole("a", 1))]);
    assert_eq!(names(&seen), ["b"]);
    let told = outcome(&decisions[1]);
    assert_eq!(
        told,
        (
            Verdict::Success,
            "a later change of the record stands",
            Count::Unchanged
        )
    );
    assert_eq!(decisions[1].writing.as_ref().unwrap().published, None);
}

#[test]
fn what_is_not_valid_fails_and_leaves_standing_what_stands() {
    let (seen, decisions) = decided(&[
        change(1, whole("a", 1)),
        change(2, whole("b", 11)),
        change(3, part("c", false)),
        change(4, whole("d", 10)),
    ]);
    for failed in [1, 2] {
        let told = outcome(&decisions[failed]);
        assert_eq!(
            told,
            (Verdict::Fail, "Size__c: is more than 10", Count::Failed)
        );
        let record = decisions[failed].writing.as_ref().unwrap().record.as_ref();
        assert_eq!(
            record.unwrap().record,
            Some(json!({ "name": "a", "size": 1 }))
        );
    }
    assert_eq!(
        outcome(&decisions[3]),
        (Verdict::Success, "it counts", Count::Written)
    );
    assert_eq!(names(&seen), ["d"]);
}

#[test]
fn who_is_deleted_is_published_no_more_and_who_is_back_is_again() {
    let deleted = [change(1, whole("a", 1)), change(2, What::Deleted)];
    let (seen, decisions) = decided(&deleted);
    assert_eq!(
        outcome(&decisions[1]),
        (Verdict::Success, "it counts", Count::Written)
    );
    assert_eq!(names(&seen), Vec::<String>::new());
    assert_eq!(seen.record.unwrap().record, None);
    let [one, other] = deleted;
    let (seen, _) = decided(&[one, other, change(3, whole("a", 1))]);
    assert_eq!(names(&seen), ["a"]);
}

#[test]
fn of_a_record_that_was_never_whole_the_rest_is_asked_for_and_the_outcome_waits() {
    let asked = change(2, part("b", false));
    let (seen, decisions) = decided(std::slice::from_ref(&asked));
    assert!(decisions[0].asks_reread);
    let writing = decisions[0].writing.as_ref().unwrap();
    assert_eq!(
        (&writing.outcome, &writing.published, writing.count),
        (&None, &None, None)
    );
    let again = decide(&kind(), &id(), &seen, &asked, NOW).unwrap();
    assert_eq!((again.writing, again.asks_reread), (None, true));
    let read = Change {
        position: asked.position.just_after(),
        what: whole("b", 1),
        ..asked.clone()
    };
    let (seen, decisions) = decided(&[asked.clone(), read]);
    assert_eq!(
        outcome(&decisions[1]),
        (Verdict::Success, "it counts", Count::Written)
    );
    let outcome = decisions[1]
        .writing
        .as_ref()
        .unwrap()
        .outcome
        .as_ref()
        .unwrap();
    assert_eq!(outcome.event_key(), asked.event.as_str());
    assert_eq!(names(&seen), ["b"]);
}

#[test]
fn a_change_of_which_the_event_tells_a_part_alone_is_asked_for() {
    let (_, decisions) = decided(&[change(1, whole("a", 1)), change(2, part("b", true))]);
    assert!(decisions[1].asks_reread);
    assert_eq!(decisions[1].writing.as_ref().unwrap().outcome, None);
}

#[rstest]
#[case(whole("a", 1), false)]
#[case(whole("b", 1), true)]
#[case(What::Deleted, true)]
fn a_record_that_was_read_without_an_edit_tells_nobody_unless_it_is_another_one(
    #[case] what: What,
    #[case] is_told: bool,
) {
    let read = Change {
        is_edit: false,
        ..change(2, what)
    };
    let (_, decisions) = decided(&[change(1, whole("a", 1)), read]);
    let writing = decisions[1].writing.as_ref().unwrap();
    assert_eq!(writing.outcome.is_some(), is_told);
    // That it stood so at a later time is known from now on.
    assert!(writing.record.is_some());
}

#[test]
fn an_event_that_is_not_understood_fails_on_its_record_and_changes_nothing_else() {
    let (seen, _) = decided(&[change(1, whole("a", 1))]);
    let part = What::Part {
        values: BTreeMap::new(),
        is_incomplete: false,
    };
    let decision = refuse(
        &kind(),
        &id(),
        &seen,
        &change(2, part),
        "the event is odd",
        NOW,
    );
    assert_eq!(
        outcome(&decision),
        (Verdict::Fail, "the event is odd", Count::Failed)
    );
    let record = decision.writing.unwrap().record.unwrap();
    let before = seen.record.unwrap();
    assert_eq!(
        (record.values, record.record),
        (before.values, before.record)
    );
    assert_eq!(record.version, 2);
}

#[test]
fn two_outcomes_of_a_record_in_one_second_are_told_apart() {
    let (_, decisions) = decided(&[change(1, whole("a", 1)), change(2, whole("b", 1))]);
    let at = |decision: &Decision| {
        let outcome = decision.writing.as_ref().unwrap().outcome.as_ref().unwrap();
        outcome.decided_at.to_string()
    };
    assert_eq!(at(&decisions[0]), "2026-01-15T09:00:00Z");
    assert_eq!(at(&decisions[1]), "2026-01-15T09:00:01Z");
}

#[test]
fn what_would_be_too_large_together_fails_and_says_so() {
    let kinds = Kinds::built_in().unwrap();
    let kind = kinds.named("announcement").unwrap();
    let mut published = Published::default();
    // It packs well, and is as much as is packed at all.
    let text = "a".repeat(4 * 1024 * 1024 - 500);
    let other = "a0B5f00002J9YYF".parse().unwrap();
    published.apply("announcement", &other, Some(&json!({ "text": text })));
    let seen = Seen {
        published: Some(PublishedItem {
            kind: PUBLISHED.to_owned(),
            record_id: "contact".to_owned(),
            records: published.pack().unwrap(),
            version: 1,
            changed_at: NOW,
            last_request: String::new(),
        }),
        ..Seen::default()
    };
    let text = "b".repeat(900);
    let values = [
        ("Name", "a"),
        ("Language__c", "en"),
        ("Text__c", &text),
        ("When__c", "always"),
    ];
    let values = values.map(|(field, value)| (field.to_owned(), json!(value)));
    let change = change(1, What::Whole(values.into()));
    let decision = decide(kind, &id(), &seen, &change, NOW).unwrap();
    let (verdict, reason, _) = outcome(&decision);
    assert_eq!(verdict, Verdict::Fail);
    assert!(
        reason.starts_with("the configuration is too large"),
        "{reason}"
    );
}
