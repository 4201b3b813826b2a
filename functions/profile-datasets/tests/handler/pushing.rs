use rstest::rstest;
use serde_json::json;
use testkit::{Call, Fault};

use crate::{
    JANE, LIST, assert_problem, body, granted, parts, pull, push, request, send, values, version,
    world,
};

const FIRST: [(&str, Option<&str>, u64); 2] = [("theme", Some("dark"), 0), ("size", Some("12"), 0)];

#[test]
fn what_one_device_pushes_another_pulls() {
    let world = world(1);
    let pushed = granted(&world, &push(&FIRST));
    let now = version(&pushed);
    assert_eq!(
        pushed,
        json!({
            "name": "settings",
            "version": now,
            "keys": 2,
            "bytes": 15,
            "modified_at": "2026-01-15T09:00:00Z",
            "records": [{ "key": "theme", "version": now }, { "key": "size", "version": now }],
        })
    );
    assert_eq!(
        granted(&world, &pull(0)),
        json!({
            "name": "settings",
            "version": now,
            "full_sync_needed": false,
            "records": [
                { "key": "theme", "value": "dark", "version": now, "modified_at": "2026-01-15T09:00:00Z", "device": "phone" },
                { "key": "size", "value": "12", "version": now, "modified_at": "2026-01-15T09:00:00Z", "device": "phone" },
            ],
        })
    );
}

#[test]
fn a_key_that_was_removed_is_told_as_removed() {
    let world = world(1);
    let seen = version(&granted(&world, &push(&FIRST)));
    let removed = granted(&world, &push(&[("theme", None, seen)]));
    assert_eq!(
        (&removed["keys"], &removed["bytes"]),
        (&json!(1), &json!(6))
    );
    let pulled = granted(&world, &pull(seen));
    assert_eq!(values(&pulled), [("theme", None)]);
    assert_eq!(pulled["version"], removed["version"]);
    let again = granted(
        &world,
        &push(&[("theme", Some("light"), version(&removed))]),
    );
    assert_eq!(again["keys"], 2);
    assert_eq!(
        values(&granted(&world, &pull(0))),
        [("size", Some("12")), ("theme", Some("light"))]
    );
}

#[test]
fn nothing_is_left_of_an_old_value() {
    let world = world(1);
    let seen = version(&granted(&world, &push(&FIRST)));
    let before = parts(&world, JANE).len();
    granted(&world, &push(&[("theme", Some("light"), seen)]));
    assert_eq!(parts(&world, JANE).len(), before);
    assert!(
        !world
            .rows("profiles")
            .iter()
            .any(|row| row.to_string().contains("dark"))
    );
}

#[test]
fn a_push_that_says_what_stands_there_writes_nothing() {
    let world = world(1);
    granted(&world, &push(&FIRST));
    let rows = world.rows("profiles");
    let other = [
        ("size", Some("12"), 0),
        ("theme", Some("dark"), 7),
        ("none", None, 3),
    ];
    let stands = granted(&world, &push(&other));
    assert_eq!(stands["records"][2], json!({ "key": "none", "version": 0 }));
    assert_eq!(world.rows("profiles"), rows);
}

#[test]
fn a_push_whose_answer_was_lost_is_answered_the_same_when_it_comes_again() {
    let world = world(1);
    let mut request = push(&FIRST);
    let first = send(&world, &request);
    request["requestContext"]["requestId"] = "request-2".into();
    assert_eq!(send(&world, &request), first);
    let seen = version(&body(&first));
    let mut changing = push(&[("theme", Some("light"), seen)]);
    changing["headers"]["if-match"] = format!("\"{seen}\"").into();
    let changed = send(&world, &changing);
    assert_eq!(changed["statusCode"], 200, "{changed}");
    assert_eq!(send(&world, &changing), changed);
}

#[test]
fn a_repeated_push_is_no_conflict_though_another_device_pushed_in_between() {
    let world = world(1);
    let first = granted(&world, &push(&FIRST));
    granted(&world, &push(&[("other", Some("1"), 0)]));
    let again = granted(&world, &push(&FIRST));
    assert_eq!(again["records"], first["records"]);
    assert_eq!(again["keys"], 3);
}

#[test]
fn a_lost_acknowledgement_makes_one_version() {
    let world = world(1);
    world
        .faults()
        .once(Fault::LoseAcknowledgement, Call::is_table_write);
    let pushed = granted(&world, &push(&FIRST));
    assert_eq!(pushed["version"], granted(&world, &pull(0))["version"]);
    assert_eq!(parts(&world, JANE).len(), 6);
}

#[test]
fn on_the_version_that_it_was_made_for_or_not_at_all() {
    let world = world(1);
    let on = |tag: String, value| {
        let mut request = push(&[("theme", Some(value), 0)]);
        request["headers"]["if-match"] = tag.into();
        request
    };
    let seen = version(&body(&send(&world, &on("\"0\"".to_owned(), "dark"))));
    granted(&world, &push(&[("size", Some("12"), 0)]));
    let stale = send(&world, &on(format!("\"{seen}\""), "light"));
    assert_problem(&stale, 412, "stale-dataset", None);
    assert_eq!(granted(&world, &pull(0))["records"][0]["value"], "dark");
}

#[rstest]
#[case("0")]
#[case("W/\"0\"")]
#[case("*")]
#[case("")]
#[case("\"0\", \"1\"")]
fn a_tag_that_is_none_of_ours_matches_no_version(#[case] tag: &str) {
    let world = world(1);
    let mut request = push(&FIRST);
    request["headers"]["if-match"] = tag.into();
    assert_problem(&send(&world, &request), 412, "stale-dataset", None);
    assert!(world.trace().is_empty());
}

#[test]
fn datasets_are_listed_by_name() {
    let world = world(1);
    assert_eq!(granted(&world, &request(LIST)), json!({ "datasets": [] }));
    granted(&world, &crate::of("saves", push(&FIRST)));
    granted(&world, &push(&[("theme", Some("dark"), 0)]));
    let listed = granted(&world, &request(LIST));
    let names: Vec<_> = listed["datasets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|dataset| {
            (
                dataset["name"].as_str().unwrap(),
                dataset["keys"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(names, [("saves", 2), ("settings", 1)]);
}

#[test]
fn datasets_of_like_names_do_not_touch() {
    let world = world(1);
    for name in ["a", "a.b", "a:b", "A", "ab"] {
        granted(&world, &crate::of(name, push(&[("which", Some(name), 0)])));
    }
    for name in ["a", "a.b", "a:b", "A", "ab"] {
        let pulled = granted(&world, &crate::of(name, pull(0)));
        assert_eq!(values(&pulled), [("which", Some(name))]);
    }
}

#[test]
fn a_push_costs_one_read_and_one_write() {
    let world = world(1);
    granted(&world, &push(&FIRST));
    let calls: Vec<String> = world
        .trace()
        .iter()
        .map(|call| call.call.operation.clone())
        .collect();
    assert_eq!(calls, ["BatchGetItem", "TransactWriteItems"]);
}
