use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        (0..3_u8).prop_map(Value::from),
        "[ab]".prop_map(Value::from),
    ]
}

fn what() -> impl Strategy<Value = What> {
    let whole = [value(), value(), value()].prop_map(|values| {
        let fields = ["a", "b", "c"].map(str::to_owned).into_iter();
        What::Whole(fields.zip(values).collect())
    });
    let part = proptest::collection::btree_map("[abc]", value(), 0..3);
    let part = (part, any::<bool>()).prop_map(|(values, is_incomplete)| What::Part {
        values,
        is_incomplete,
    });
    prop_oneof![whole, part, Just(What::Deleted)]
}

/// Changes at a few moments, so that some are at the same one.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    let one = (0..4_u64, 0..2_u64, what());
    let all = proptest::collection::vec(one, 0..8);
    all.prop_map(|all| {
        let made = all.into_iter().enumerate();
        made.map(|(n, (millis, number, what))| change(&n.to_string(), millis, number, what))
            .collect()
    })
}

fn change(event: &str, millis: u64, number: u64, what: What) -> Change {
    let event = EventKey::of(&[event]);
    Change {
        position: Position::new(millis, number, 0, &event),
        event,
        action: Action::Updated,
        operator: None,
        what,
        is_edit: true,
    }
}

/// What `changes` make of nothing, one after the other: values, life and wholeness.
fn merged(changes: &[Change]) -> (BTreeMap<String, Register>, Option<Life>, bool) {
    let first = change("none", 0, 0, What::Deleted);
    let id = "a0B5f00002J9YYEEA3".parse().unwrap();
    let mut record = Record::new("holiday", &id, &first, Timestamp::UNIX_EPOCH);
    for change in changes {
        record.merge(change);
    }
    (record.values, record.life, record.whole)
}

proptest! {
    #[test]
    fn in_whichever_order_changes_come_they_end_in_the_same(
        (ordered, shuffled) in changes().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        prop_assert_eq!(merged(&ordered), merged(&shuffled));
    }

    #[test]
    fn a_change_that_comes_again_changes_nothing(changes in changes(), again in any::<prop::sample::Index>()) {
        prop_assume!(!changes.is_empty());
        let mut twice = changes.clone();
        twice.push(changes[again.index(changes.len())].clone());
        prop_assert_eq!(merged(&changes), merged(&twice));
    }

    #[test]
    fn what_was_written_last_stands(changes in changes()) {
        let (values, ..) = merged(&changes);
        for (field, register) in &values {
            let told = changes.iter().filter_map(|change| match &change.what {
                What::Whole(values) | What::Part { values, .. } => {
                    Some((&change.position, values.get(field)?))
                }
                What::Deleted => None,
            });
            let last = told.max_by_key(|(position, _)| *position).unwrap();
            prop_assert_eq!((&register.position, &register.value), last);
        }
    }
}

#[test]
fn an_older_change_changes_nothing() {
    let newer = change(
        "2",
        2,
        0,
        What::Whole(BTreeMap::from([("a".to_owned(), json!("new"))])),
    );
    let older = change(
        "1",
        1,
        0,
        What::Whole(BTreeMap::from([("a".to_owned(), json!("old"))])),
    );
    let id = "a0B5f00002J9YYEEA3".parse().unwrap();
    let mut record = Record::new("holiday", &id, &newer, Timestamp::UNIX_EPOCH);
    assert_eq!(record.merge(&newer), Merged::Changed);
    let before = record.clone();
    assert_eq!(record.merge(&older), Merged::Nothing);
    assert_eq!(record, before);
}

#[test]
fn whoever_is_edited_after_a_deletion_is_back() {
    let part = What::Part {
        values: BTreeMap::from([("a".to_owned(), json!("new"))]),
        is_incomplete: false,
    };
    let changes = [change("1", 1, 0, What::Deleted), change("2", 2, 0, part)];
    let (_, life, whole) = merged(&changes);
    assert_eq!(life.map(|life| life.state), Some(LifeState::Present));
    assert!(!whole);
}

#[test]
fn a_row_of_a_record_reads_back_as_it_was() {
    let whole = What::Whole(BTreeMap::from([
        ("a".to_owned(), json!("new")),
        ("b".to_owned(), Value::Null),
        ("c".to_owned(), json!(1)),
    ]));
    let change = change("1", 1, 0, whole);
    let id = "a0B5f00002J9YYEEA3".parse().unwrap();
    let mut record = Record::new("holiday", &id, &change, Timestamp::UNIX_EPOCH);
    record.merge(&change);
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
}
