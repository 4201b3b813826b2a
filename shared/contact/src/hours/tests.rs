use jiff::civil::date;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn hours(differing: &Value) -> OpeningHours {
    let mut record = json!({
        "name": "Office", "days": ["mon", "tue", "wed", "thu", "fri"], "opens": "08:00", "closes": "18:00",
        "time_zone": "Europe/Berlin",
    });
    for (name, value) in differing.as_object().unwrap() {
        record[name] = value.clone();
    }
    serde_json::from_value(record).unwrap()
}

fn are_open(hours: &OpeningHours, at: &str) -> bool {
    hours.are_open(at.parse().unwrap())
}

#[rstest]
#[case("2026-01-15T06:59:59Z", false)]
#[case("2026-01-15T07:00:00Z", true)]
#[case("2026-01-15T16:59:59Z", true)]
#[case("2026-01-15T17:00:00Z", false)]
// In summer it opens an hour earlier by universal time.
#[case("2026-07-15T06:00:00Z", true)]
#[case("2026-07-15T16:00:00Z", false)]
// A Sunday.
#[case("2026-01-18T10:00:00Z", false)]
fn they_are_by_the_clocks_of_their_zone(#[case] at: &str, #[case] is_open: bool) {
    assert_eq!(are_open(&hours(&json!({})), at), is_open);
}

#[test]
fn what_opens_before_midnight_may_close_after_it() {
    let late = hours(&json!({ "days": ["fri"], "opens": "22:00", "closes": "02:00" }));
    // Saturday, one in the morning.
    assert!(are_open(&late, "2026-01-17T00:30:00Z"));
    assert!(!are_open(&late, "2026-01-17T01:00:00Z"));
    // Friday, one in the morning.
    assert!(!are_open(&late, "2026-01-16T00:30:00Z"));
}

#[test]
fn the_days_end_and_the_same_time_twice_are_midnight_and_the_whole_day() {
    let until_midnight = hours(&json!({ "closes": "24:00" }));
    assert!(are_open(&until_midnight, "2026-01-15T22:59:59Z"));
    assert!(!are_open(&until_midnight, "2026-01-15T23:00:00Z"));
    let always = hours(&json!({ "opens": "00:00", "closes": "00:00" }));
    assert!(are_open(&always, "2026-01-15T02:00:00Z"));
}

#[test]
fn they_say_nothing_of_days_on_which_they_are_not_valid() {
    let summer = hours(&json!({ "valid_from": "2026-06-01", "valid_until": "2026-08-31" }));
    let governs = |at: &str| summer.govern(at.parse().unwrap());
    assert!(!governs("2026-05-29T10:00:00Z"));
    assert!(governs("2026-06-01T10:00:00Z"));
    // Also on a Sunday, on which they say that it is closed.
    assert!(governs("2026-06-07T10:00:00Z"));
    assert!(!governs("2026-09-01T10:00:00Z"));
}

#[test]
fn something_changes_when_they_open_and_when_they_begin_to_be_valid() {
    let summer = hours(&json!({ "valid_from": "2026-06-01" }));
    let changes: Vec<String> = summer
        .changes(date(2026, 6, 1))
        .map(|at| at.to_string())
        .collect();
    assert_eq!(
        changes,
        [
            "2026-06-01T06:00:00Z",
            "2026-05-31T22:00:00Z",
            "2026-06-01T16:00:00Z"
        ]
    );
}
