use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Hours of an office and of its returns desk, Christmas, and who is on call.
fn records() -> Vec<(&'static str, Value)> {
    let hours = |days: &[&str], more: Value| {
        let mut record = json!({
            "name": "Hours", "days": days, "opens": "08:00", "closes": "18:00", "time_zone": "Europe/Berlin",
        });
        for (name, value) in more.as_object().unwrap() {
            record[name] = value.clone();
        }
        record
    };
    let records = [
        (
            "opening-hours",
            hours(&["mon", "tue", "wed", "thu", "fri"], json!({})),
        ),
        (
            "opening-hours",
            hours(&["sat"], json!({ "queues": ["Returns"], "opens": "10:00" })),
        ),
        (
            "holiday",
            json!({ "name": "Christmas", "from": "2024-12-25", "until": "2024-12-26", "every_year": true }),
        ),
        (
            "holiday",
            json!({
                "name": "Christmas Eve", "from": "2024-12-24", "every_year": true, "starts": "14:00",
                "ends": "24:00", "countries": ["DE"],
            }),
        ),
        (
            "announcement",
            json!({ "name": "hello", "language": "de", "text": "Guten Tag" }),
        ),
        (
            "announcement",
            json!({ "name": "hello", "language": "en-GB", "text": "Good day" }),
        ),
        (
            "announcement",
            json!({ "name": "shut", "language": "en", "text": "We are closed", "when": "closed", "priority": 1 }),
        ),
        (
            "announcement",
            json!({ "name": "eve", "language": "de", "text": "Frohes Fest", "when": "holiday" }),
        ),
        (
            "announcement",
            json!({
                "name": "storm", "language": "en", "text": "A storm", "priority": 9,
                "from": "2026-01-20T00:00:00Z", "until": "2026-01-21T00:00:00Z",
            }),
        ),
        (
            "routing",
            json!({ "name": "all", "when": "open", "to_type": "queue", "to": "General" }),
        ),
        (
            "routing",
            json!({ "name": "german", "when": "open", "to_type": "queue", "to": "Deutsch", "languages": ["de"] }),
        ),
        (
            "routing",
            json!({ "name": "night", "when": "closed", "to_type": "voicemail", "to": "box" }),
        ),
        (
            "roster",
            json!({
                "name": "n", "from": "2026-01-15T00:00:00Z", "until": "2026-01-16T00:00:00Z", "line": 1,
                "phone": "+4930901820",
            }),
        ),
        (
            "roster",
            json!({ "name": "n", "line": "somebody", "phone": "mail@example.com" }),
        ),
    ];
    records.into()
}

fn configuration() -> Configuration {
    let records = records();
    Configuration::read(records.iter().map(|(kind, record)| (*kind, record)))
}

fn question(at: &str) -> Question {
    Question::at(at.parse().unwrap())
}

/// State, when it opens, the announcement and where it goes.
fn told(question: &Question) -> [String; 4] {
    let configuration = configuration();
    let decision = decide(&configuration, question);
    [
        decision.state.as_str().to_owned(),
        decision.opens.map(|at| at.to_string()).unwrap_or_default(),
        decision
            .announcement
            .map(|each| each.text.clone())
            .unwrap_or_default(),
        decision
            .routing
            .map(|each| each.to.clone())
            .unwrap_or_default(),
    ]
}

#[test]
fn a_record_that_can_not_be_read_is_left_out_and_counted() {
    let configuration = configuration();
    assert_eq!(configuration.unreadable(), 1);
    assert_eq!(configuration.shifts().len(), 1);
}

#[test]
fn by_day_it_is_open_and_by_night_it_says_when_it_opens() {
    let day = question("2026-01-15T09:00:00Z");
    assert_eq!(told(&day), ["open", "", "Good day", "General"]);
    let friday_night = Question {
        language: Some("en-US".to_owned()),
        ..question("2026-01-16T20:00:00Z")
    };
    let expected = [
        "closed",
        "2026-01-19T08:00:00+01:00[Europe/Berlin]",
        "We are closed",
        "box",
    ];
    assert_eq!(told(&friday_night), expected);
}

#[test]
fn when_it_opens_is_told_where_the_caller_is() {
    let abroad = Question {
        zone: Some("America/New_York".parse().unwrap()),
        ..question("2026-01-16T20:00:00Z")
    };
    let [_, opens, ..] = told(&abroad);
    assert_eq!(opens, "2026-01-19T02:00:00-05:00[America/New_York]");
}

#[test]
fn hours_of_its_own_take_the_place_of_those_for_all() {
    let returns = Question {
        queues: vec!["returns".to_owned()],
        ..question("2026-01-15T09:00:00Z")
    };
    let [state, opens, ..] = told(&returns);
    assert_eq!(
        [state.as_str(), opens.as_str()],
        ["closed", "2026-01-17T10:00:00+01:00[Europe/Berlin]"]
    );
}

#[test]
fn a_part_of_a_day_closes_where_it_is_a_holiday_and_what_is_for_holidays_is_said() {
    let eve = Question {
        country: Some("DE".to_owned()),
        language: Some("de-CH".to_owned()),
        ..question("2026-12-24T14:00:00Z")
    };
    let expected = [
        "holiday",
        "2026-12-28T08:00:00+01:00[Europe/Berlin]",
        "Frohes Fest",
        "",
    ];
    assert_eq!(told(&eve), expected);
    let configuration = configuration();
    let holiday = decide(&configuration, &eve).holiday;
    assert_eq!(
        holiday.map(|holiday| holiday.name.as_str()),
        Some("Christmas Eve")
    );
    let elsewhere = Question {
        country: Some("AT".to_owned()),
        ..eve
    };
    assert_eq!(told(&elsewhere)[0], "open");
}

#[test]
fn an_announcement_is_on_for_as_long_as_it_says_and_in_the_closest_language() {
    let at = |at: &str, language: &str| {
        let question = Question {
            language: Some(language.to_owned()),
            ..question(at)
        };
        told(&question)[2].clone()
    };
    assert_eq!(at("2026-01-15T09:00:00Z", "en-GB"), "Good day");
    assert_eq!(at("2026-01-15T09:00:00Z", "en-US"), "Good day");
    assert_eq!(at("2026-01-15T09:00:00Z", "fr"), "Good day");
    assert_eq!(at("2026-01-20T09:00:00Z", "en-US"), "A storm");
    assert_eq!(at("2026-01-15T09:00:00Z", "de-AT"), "Guten Tag");
}

#[test]
fn whoever_speaks_a_language_that_is_named_goes_there() {
    let german = Question {
        language: Some("de-AT".to_owned()),
        ..question("2026-01-15T09:00:00Z")
    };
    assert_eq!(told(&german)[3], "Deutsch");
}

#[test]
fn a_queue_without_hours_is_open_and_says_that_it_has_none() {
    let empty = Configuration::default();
    let decision = decide(&empty, &question("2026-01-15T03:00:00Z"));
    assert_eq!((decision.state, decision.has_hours), (State::Open, false));
    assert_eq!(decision.announcement, None);
}

#[test]
fn out_of_their_season_hours_leave_a_queue_closed() {
    let record = json!({
        "name": "Summer", "days": ["mon"], "opens": "08:00", "closes": "18:00", "time_zone": "Europe/Berlin",
        "valid_from": "2026-06-01", "valid_until": "2026-08-31",
    });
    let seasonal = Configuration::read([("opening-hours", &record)]);
    let before = decide(&seasonal, &question("2026-05-25T10:00:00Z"));
    assert_eq!(before.state, State::Closed);
    let opens = before.opens.map(|at| at.to_string());
    assert_eq!(
        opens.as_deref(),
        Some("2026-06-01T08:00:00+02:00[Europe/Berlin]")
    );
    let after = decide(&seasonal, &question("2026-09-07T10:00:00Z"));
    assert_eq!((after.state, after.opens), (State::Closed, None));
}

fn any_hours() -> impl Strategy<Value = Value> {
    let days =
        prop::sample::subsequence(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 0..=7);
    let zones = prop::sample::select(vec![
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "UTC",
    ]);
    (days, 0_u32..96, 0_u32..96, zones, 0_u8..3, prop::option::of(0_u32..27)).prop_map(
        |(days, opens, closes, zone, priority, valid_from)| {
            let time = |quarters: u32| format!("{:02}:{:02}", quarters / 4, quarters % 4 * 15);
            let mut record = json!({
                "name": "Hours", "days": days, "opens": time(opens), "closes": time(closes), "time_zone": zone,
                "priority": priority,
            });
            if let Some(day) = valid_from {
                record["valid_from"] = format!("2026-03-{:02}", day + 1).into();
            }
            record
        },
    )
}

fn any_holiday() -> impl Strategy<Value = Value> {
    (
        1_u8..=31,
        0_u8..3,
        prop::option::of((0_u32..96, 0_u32..96)),
        any::<bool>(),
    )
        .prop_map(|(day, days, part, every_year)| {
            let time = |quarters: u32| format!("{:02}:{:02}", quarters / 4, quarters % 4 * 15);
            let mut record = json!({
                "name": "Holiday", "from": format!("2026-03-{day:02}"),
                "until": format!("2026-03-{:02}", (day + days).min(31)), "every_year": every_year,
            });
            if let Some((starts, ends)) = part {
                record["starts"] = time(starts).into();
                record["ends"] = time(ends).into();
            }
            record
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Over the last Sunday in March, on which clocks are put forward, and the second, on which they are in
    /// New York.
    #[test]
    fn it_opens_when_it_says_and_not_a_quarter_of_an_hour_before(
        hours in prop::collection::vec(any_hours(), 1..4),
        holidays in prop::collection::vec(any_holiday(), 0..3),
        quarter in 0_i64..2_900,
    ) {
        let hours = hours.iter().map(|record| ("opening-hours", record));
        let holidays = holidays.iter().map(|record| ("holiday", record));
        let configuration = Configuration::read(hours.chain(holidays));
        prop_assert_eq!(configuration.unreadable(), 0);
        let begin: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let state = |at: Timestamp| decide(&configuration, &Question::at(at)).state;
        let now = begin + (quarter * 15).minutes();
        let decision = decide(&configuration, &Question::at(now));
        if decision.state == State::Open {
            prop_assert_eq!(decision.opens, None);
            return Ok(());
        }
        let opens = decision.opens.map(|opens| opens.timestamp());
        if let Some(opens) = opens {
            prop_assert!(opens > now);
            prop_assert_eq!(state(opens), State::Open);
        }
        // Two days are looked through by the quarter of an hour.
        let next = (1..192).map(|quarters: i64| now + (quarters * 15).minutes());
        for at in next.take_while(|at| opens.is_none_or(|opens| *at < opens)) {
            prop_assert_ne!(state(at), State::Open, "at {}", at);
        }
    }
}

/// What Salesforce's records are mapped to.
#[test]
fn every_sample_of_the_catalogue_can_be_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/salesforce");
    for kind in crate::KINDS {
        let samples = std::fs::read_dir(folder.join(kind).join("samples")).unwrap();
        for sample in samples {
            let path = sample.unwrap().path();
            let record: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let read = Configuration::read([(kind, &record)]);
            assert_eq!(read.unreadable(), 0, "{} can't be read", path.display());
        }
    }
}
