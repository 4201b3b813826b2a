use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

proptest! {
    #[test]
    fn each_outcome_of_a_record_has_a_second_of_its_own(
        moments in proptest::collection::vec(1_768_467_600_000_i64..1_768_467_610_000, 1..30),
    ) {
        let mut last = None;
        for moment in moments {
            let decided = decided_at(last, Timestamp::from_millisecond(moment).unwrap());
            prop_assert!(last.is_none_or(|last| last < decided));
            prop_assert_eq!(decided.subsec_nanosecond(), 0);
            prop_assert!(decided.as_millisecond() >= moment - 999);
            last = Some(decided);
        }
    }

    #[test]
    fn a_reason_is_short_and_commands_nothing(text in any::<String>()) {
        let reason = Reason::new(&text);
        prop_assert!(reason.as_str().chars().count() <= LONGEST_REASON);
        prop_assert!(!reason.as_str().contains(char::is_control));
        prop_assert_eq!(Reason::new(reason.as_str()), reason);
    }
}

#[test]
fn a_row_tells_its_kind_its_record_and_its_event() {
    let event = EventKey::of(&["1"]);
    let id: RecordId = "a0B5f00002J9YYE".parse().unwrap();
    let (kind, record_id) = outcome_of("holiday", &id, &event);
    let row = OutcomeRow {
        kind,
        record_id,
        ..unknown_outcome(&event, "canary", None, at(1))
    };
    assert_eq!(row.kind_name(), "holiday");
    assert_eq!(row.event_key(), event.as_str());
    assert!(!row.is_unknown());
    assert_eq!(row.record_id, format!("{id}#{event}"));
}

#[test]
fn what_is_not_understood_fails_and_is_told_of_no_record() {
    let row = unknown_outcome(&EventKey::of(&["1"]), "no\r\nJSON", None, at(7));
    assert!(row.is_unknown());
    assert_eq!((row.result, row.reason.as_str()), (Verdict::Fail, "noJSON"));
    assert_eq!(row.expires_at, 7 + 30 * 24 * 60 * 60);
}
