use jiff::{ToSpan, civil::date};
use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Zones whose clocks are put forward and back, by an hour, by half of one, and over a whole day.
const ZONES: [&str; 7] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "UTC",
];

#[rstest]
#[case("Berlin")]
#[case("")]
#[case("+01:00")]
#[case("../../etc/passwd")]
fn what_has_no_name_in_ianas_database_is_no_zone(#[case] name: &str) {
    assert_eq!(name.parse::<Zone>(), Err(UnknownZone));
}

#[test]
fn a_time_that_clocks_leave_out_is_when_they_are_put_forward() {
    let berlin = zone("Europe/Berlin");
    let forward = at("2026-03-29T01:00:00Z");
    for time in ["02:00", "02:30", "03:00"] {
        for twice in [Twice::First, Twice::Second] {
            let instant = berlin.instant(date(2026, 3, 29), time.parse().unwrap(), twice);
            assert_eq!(instant, Some(forward), "{time}");
        }
    }
}

#[test]
fn of_a_time_that_clocks_show_twice_the_first_begins_and_the_second_ends() {
    let berlin = zone("Europe/Berlin");
    let half_past_two = "02:30".parse().unwrap();
    let window = berlin.window(date(2026, 10, 25), half_past_two, "02:45".parse().unwrap());
    let expected = Window {
        start: at("2026-10-25T00:30:00Z"),
        end: at("2026-10-25T01:45:00Z"),
    };
    assert_eq!(window, Some(expected));
}

#[test]
fn a_day_that_a_country_left_out_is_over_when_it_would_begin() {
    // Samoa went from the 29th to the 31st of December 2011.
    let apia = zone("Pacific/Apia");
    let window = apia.window(
        date(2011, 12, 30),
        "09:00".parse().unwrap(),
        "17:00".parse().unwrap(),
    );
    assert_eq!(window.unwrap().start, window.unwrap().end);
}

#[test]
fn the_round_of_the_clock_is_a_day_however_long_it_is() {
    let berlin = zone("Europe/Berlin");
    let hours = |day: jiff::civil::Date| {
        let window = berlin
            .window(day, TimeOfDay::MIDNIGHT, TimeOfDay::END)
            .unwrap();
        window.end.duration_since(window.start).as_hours()
    };
    assert_eq!(hours(date(2026, 3, 29)), 23);
    assert_eq!(hours(date(2026, 10, 25)), 25);
    assert_eq!(hours(date(2026, 1, 15)), 24);
}

/// By looking at every quarter of an hour: it has begun once a clock showed `from` or later on that day,
/// and goes on while one will still show less than `to` on the last.
fn is_within(
    zone: &Zone,
    day: jiff::civil::Date,
    from: TimeOfDay,
    to: TimeOfDay,
    now: Timestamp,
) -> bool {
    let shown = |at: Timestamp| zone.as_jiff().to_datetime(at);
    let on = |day: jiff::civil::Date, time: TimeOfDay| match time.on_the_clock() {
        Some(time) => day.to_datetime(time),
        None => day.tomorrow().unwrap().to_datetime(Time::midnight()),
    };
    let last = if to > from {
        day
    } else {
        day.tomorrow().unwrap()
    };
    let (begin, end) = (on(day, from), on(last, to));
    // Clocks are put back by no more than an hour in these zones.
    let steps = || (0..=12).map(|quarters: i64| (quarters * 15).minutes());
    let has_begun = steps().any(|ago| shown(now - ago) >= begin);
    let goes_on = steps().any(|ahead| shown(now + ahead) < end);
    has_begun && goes_on
}

proptest! {
    #[test]
    fn a_window_is_what_clocks_show(
        name in prop::sample::select(&ZONES[..]),
        days in 0_i64..800,
        from in 0_u32..96,
        to in 1_u32..=96,
        quarter in -120_i64..220,
    ) {
        let zone = zone(name);
        let day = date(2025, 1, 1) + days.days();
        let time = |quarters: u32| match quarters {
            96 => TimeOfDay::END,
            _ => format!("{:02}:{:02}", quarters / 4, quarters % 4 * 15).parse().unwrap(),
        };
        let (from, to) = (time(from), time(to));
        let midnight = day.to_datetime(Time::midnight()).to_zoned(TimeZone::UTC).unwrap().timestamp();
        let now = midnight + (quarter * 15).minutes();
        let window = zone.window(day, from, to).unwrap();
        prop_assert!(window.start <= window.end);
        prop_assert_eq!(window.contains(now), is_within(&zone, day, from, to, now));
    }

    #[test]
    fn later_on_a_clock_is_never_earlier(
        name in prop::sample::select(&ZONES[..]), days in 0_i64..800, one in 0_u32..1440, other in 0_u32..1440,
    ) {
        let zone = zone(name);
        let day = date(2025, 1, 1) + days.days();
        let time = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60).parse().unwrap();
        let (one, other) = (one.min(other), one.max(other));
        for twice in [Twice::First, Twice::Second] {
            let [one, other] = [one, other].map(|minutes| zone.instant(day, time(minutes), twice));
            prop_assert!(one <= other);
        }
    }
}
