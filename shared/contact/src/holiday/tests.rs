use rstest::rstest;
use serde_json::{Value, json};

use super::*;

fn is_on(differing: &Value, at: &str) -> bool {
    let mut record = json!({ "name": "Holiday", "from": "2024-12-24" });
    for (name, value) in differing.as_object().unwrap() {
        record[name] = value.clone();
    }
    let holiday: Holiday = serde_json::from_value(record).unwrap();
    holiday.is_on(at.parse().unwrap(), &"Europe/Berlin".parse().unwrap())
}

#[rstest]
#[case("2024-12-23T22:59:59Z", false)]
#[case("2024-12-23T23:00:00Z", true)]
#[case("2024-12-24T22:59:59Z", true)]
#[case("2024-12-24T23:00:00Z", false)]
#[case("2025-12-24T12:00:00Z", false)]
fn a_whole_day_is_from_midnight_to_midnight_where_the_queue_is(#[case] at: &str, #[case] on: bool) {
    assert_eq!(is_on(&json!({}), at), on);
}

#[test]
fn a_holiday_with_a_zone_of_its_own_is_by_the_clocks_there() {
    let zone = json!({ "time_zone": "America/New_York" });
    assert!(!is_on(&zone, "2024-12-24T04:59:59Z"));
    assert!(is_on(&zone, "2024-12-24T05:00:00Z"));
}

#[rstest]
#[case("2024-12-24T12:59:59Z", false)]
#[case("2024-12-24T13:00:00Z", true)]
#[case("2024-12-24T22:59:59Z", true)]
#[case("2024-12-24T23:00:00Z", false)]
fn a_part_of_a_day_is_that_part(#[case] at: &str, #[case] on: bool) {
    assert_eq!(
        is_on(&json!({ "starts": "14:00", "ends": "24:00" }), at),
        on
    );
}

#[test]
fn a_part_of_several_days_is_that_part_of_each_and_may_go_past_midnight() {
    let mornings = json!({ "until": "2024-12-26", "starts": "08:00", "ends": "12:00" });
    assert!(is_on(&mornings, "2024-12-26T09:00:00Z"));
    assert!(!is_on(&mornings, "2024-12-25T12:00:00Z"));
    let night = json!({ "starts": "22:00", "ends": "04:00" });
    assert!(is_on(&night, "2024-12-25T02:59:00Z"));
    assert!(!is_on(&night, "2024-12-25T03:00:00Z"));
}

#[rstest]
#[case("2024-12-24T12:00:00Z", true)]
#[case("2031-01-01T12:00:00Z", true)]
#[case("2031-01-02T12:00:00Z", false)]
#[case("2030-12-23T12:00:00Z", false)]
// Not before it was there for the first time.
#[case("2023-12-24T12:00:00Z", false)]
fn what_comes_every_year_may_go_over_its_end(#[case] at: &str, #[case] on: bool) {
    assert_eq!(
        is_on(&json!({ "until": "2025-01-01", "every_year": true }), at),
        on
    );
}

#[test]
fn without_a_29th_of_february_it_is_the_28th() {
    let leap_day = json!({ "from": "2024-02-29", "every_year": true });
    assert!(is_on(&leap_day, "2028-02-29T12:00:00Z"));
    assert!(!is_on(&leap_day, "2028-02-28T12:00:00Z"));
    assert!(is_on(&leap_day, "2027-02-28T12:00:00Z"));
}

#[test]
fn an_end_before_its_beginning_is_its_beginning() {
    assert!(is_on(
        &json!({ "until": "2024-12-01" }),
        "2024-12-24T12:00:00Z"
    ));
}
