//! When a message is sent again, and when an endpoint is left in peace.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rstest::rstest;
use webhook::{Answer, Circuit, Permit, SCHEDULE, answer, next_attempt, retry_after};

fn now() -> Timestamp {
    "2026-05-01T12:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

#[test]
fn attempts_follow_the_specification_s_schedule() {
    let mut since_start = Vec::new();
    let mut at = now();
    while let Some(next) = next_attempt(since_start.len(), at, None, 0) {
        at = next;
        since_start.push(at.duration_since(now()).as_secs());
    }
    let hours = |h: i64, m: i64, s: i64| (h * 60 + m) * 60 + s;
    let expected = [
        0,
        5,
        hours(0, 5, 5),
        hours(0, 35, 5),
        hours(2, 35, 5),
        hours(7, 35, 5),
        hours(17, 35, 5),
        hours(31, 35, 5),
        hours(51, 35, 5),
        hours(75, 35, 5),
    ];
    assert_eq!(since_start, expected);
    assert_eq!(next_attempt(SCHEDULE.len(), now(), None, 0), None);
}

#[test]
fn no_receiver_is_tried_before_it_is_ready() {
    let ready = Some(later(60));
    assert_eq!(next_attempt(1, now(), ready, 0), ready);
    assert_eq!(next_attempt(2, now(), ready, 0), Some(later(300)));
}

#[rstest]
#[case(200, Answer::Delivered)]
#[case(204, Answer::Delivered)]
#[case(299, Answer::Delivered)]
#[case(301, Answer::Failed { not_before: None })]
#[case(308, Answer::Failed { not_before: None })]
#[case(404, Answer::Failed { not_before: None })]
#[case(410, Answer::Gone)]
#[case(500, Answer::Failed { not_before: None })]
#[case(199, Answer::Failed { not_before: None })]
fn a_status_means_what_it_says(#[case] status: u16, #[case] expected: Answer) {
    assert_eq!(answer(status, None, now()), expected);
}

#[test]
fn a_receiver_that_names_a_time_is_heard() {
    let not_before = Some(later(120));
    assert_eq!(
        answer(503, Some("120"), now()),
        Answer::Failed { not_before }
    );
    assert_eq!(
        answer(429, Some("120"), now()),
        Answer::Failed { not_before }
    );
}

#[rstest]
#[case("0", Some(0))]
#[case("120", Some(120))]
#[case(" 120 ", Some(120))]
#[case("Fri, 01 May 2026 12:02:00 GMT", Some(120))]
#[case("Fri, 01 May 2020 12:02:00 GMT", Some(0))]
#[case("Fri, 01 May 2099 12:02:00 GMT", Some(86_400))]
#[case("86401", Some(86_400))]
#[case("99999999999999999999999", Some(86_400))]
#[case("-1", None)]
#[case("1.5", None)]
#[case("soon", None)]
#[case("", None)]
fn retry_after_is_seconds_or_a_date(#[case] header: &str, #[case] expected: Option<i64>) {
    assert_eq!(retry_after(header, now()), expected.map(later));
}

#[test]
fn an_endpoint_that_keeps_failing_is_left_in_peace_and_then_tried_once() {
    let mut circuit = Circuit::default();
    for _ in 0..5 {
        assert_eq!(circuit.permit(now()), Permit::Yes);
        circuit = circuit.failed(now());
    }
    assert_eq!(circuit.permit(later(29)), Permit::NotBefore(later(30)));
    let Permit::Trial(trial) = circuit.permit(later(30)) else {
        panic!("no trial is allowed");
    };
    assert_eq!(trial.permit(later(31)), Permit::BeingTried);
    assert!(circuit.is_open() && !trial.is_open());
    // Whoever made the trial was cut off.
    assert!(matches!(trial.permit(later(90)), Permit::Trial(_)));
    let again = trial.failed(later(31));
    assert_eq!(again.permit(later(32)), Permit::NotBefore(later(91)));
    assert_eq!(Circuit::CLOSED.permit(now()), Permit::Yes);
}

#[test]
fn a_late_failure_opens_nothing_anew() {
    let until = later(30);
    let open = Circuit::Open { until, times: 1 };
    assert_eq!(open.failed(later(20)), open);
}

#[test]
fn a_pause_is_never_longer_than_an_hour() {
    let mut at = now();
    let mut circuit = Circuit::Closed { failures: u32::MAX }.failed(at);
    for _ in 0..100 {
        let Circuit::Open { until, .. } = circuit else {
            panic!("it is not open: {circuit:?}");
        };
        assert!(until.duration_since(at) <= SignedDuration::from_hours(1));
        at = until;
        let Permit::Trial(trial) = circuit.permit(at) else {
            panic!("no trial is allowed");
        };
        circuit = trial.failed(at);
    }
}

#[test]
fn a_circuit_is_read_back_as_it_was_written() {
    let until = later(30);
    for circuit in [
        Circuit::CLOSED,
        Circuit::Open { until, times: 3 },
        Circuit::Trial { until, times: 3 },
    ] {
        let json = serde_json::to_string(&circuit).unwrap();
        assert_eq!(serde_json::from_str::<Circuit>(&json).unwrap(), circuit);
    }
}

proptest! {
    #[test]
    fn attempts_are_spread_over_a_tenth_of_the_delay(attempts in 0_usize..10, random in any::<u64>()) {
        let due = next_attempt(attempts, now(), None, random).unwrap();
        let delay = due.duration_since(now());
        let least = SCHEDULE[attempts];
        prop_assert!(least <= delay && delay <= least + least / 10);
    }

    #[test]
    fn whatever_a_receiver_says_it_is_heard_within_a_day(header in "\\PC{0,40}|[0-9]{1,30}") {
        if let Some(ready) = retry_after(&header, now()) {
            prop_assert!(now() <= ready && ready <= later(86_400));
        }
    }
}
