use serde_json::{Value, json};

use crate::{answer, assert_problem, body, granted, pull, push, send, values, version, world};

#[test]
fn a_conflict_is_told_per_key_with_what_stands_there_and_nothing_is_applied() {
    let world = world(1);
    let seen = version(&granted(
        &world,
        &push(&[
            ("a", Some("1"), 0),
            ("b", Some("1"), 0),
            ("c", Some("1"), 0),
        ]),
    ));
    let now = version(&granted(
        &world,
        &push(&[("a", Some("2"), seen), ("b", None, seen)]),
    ));
    let rows = world.rows("profiles");
    let slower = push(&[
        ("a", Some("3"), seen),
        ("b", Some("3"), seen),
        ("c", Some("3"), seen),
        ("d", Some("3"), 0),
    ]);
    let refused = send(&world, &slower);
    assert_problem(&refused, 409, "dataset-conflict", None);
    assert_eq!(
        body(&refused)["conflicts"],
        json!([
            { "key": "a", "value": "2", "version": now, "modified_at": "2026-01-15T09:00:00Z", "device": "phone" },
            { "key": "b", "value": null, "version": now, "modified_at": "2026-01-15T09:00:00Z", "device": "phone" },
        ])
    );
    assert_eq!(world.rows("profiles"), rows);
    let resolved = push(&[
        ("a", Some("2+3"), now),
        ("b", Some("3"), now),
        ("c", Some("3"), seen),
        ("d", Some("3"), 0),
    ]);
    granted(&world, &resolved);
    let mut held = granted(&world, &pull(0));
    let records = held["records"].as_array_mut().unwrap();
    records.sort_by_key(|record| record["key"].to_string());
    assert_eq!(
        values(&held),
        [
            ("a", Some("2+3")),
            ("b", Some("3")),
            ("c", Some("3")),
            ("d", Some("3"))
        ]
    );
}

#[test]
fn a_key_that_nobody_knows_of_is_told_as_never_there() {
    let world = world(1);
    let refused = send(&world, &push(&[("a", Some("1"), 1_700_000_000_000)]));
    assert_problem(&refused, 409, "dataset-conflict", None);
    assert_eq!(
        body(&refused)["conflicts"],
        json!([{ "key": "a", "value": null, "version": 0 }])
    );
}

#[test]
fn a_key_that_is_new_to_two_devices_is_a_conflict_for_the_second() {
    let world = world(1);
    granted(&world, &push(&[("a", Some("1"), 0)]));
    let refused = send(&world, &push(&[("a", Some("2"), 0)]));
    assert_problem(&refused, 409, "dataset-conflict", None);
    assert_eq!(body(&refused)["conflicts"][0]["value"], "1");
}

#[test]
fn a_large_value_in_the_way_is_told_whole() {
    let world = world(1);
    let large = "😀".repeat(250_000);
    granted(&world, &push(&[("a", Some(&large), 0)]));
    let refused = send(&world, &push(&[("a", Some("2"), 0)]));
    assert_eq!(body(&refused)["conflicts"][0]["value"], large);
}

#[test]
fn of_two_pushes_at_once_on_one_key_one_is_told_of_the_other() {
    for seed in 1..=20 {
        let world = world(seed);
        let seen = version(&granted(&world, &push(&[("a", Some("0"), 0)])));
        let (one, two) = (
            push(&[("a", Some("1"), seen)]),
            push(&[("a", Some("2"), seen)]),
        );
        let (one, two) =
            world.block_on(async { tokio::join!(answer(&world, &one), answer(&world, &two)) });
        let mut statuses = [&one, &two].map(|answer| answer["statusCode"].as_u64());
        statuses.sort_unstable();
        assert_eq!(statuses, [Some(200), Some(409)], "seed {seed}");
        let refused = [&one, &two]
            .into_iter()
            .find(|answer| answer["statusCode"] == 409)
            .unwrap();
        let stands = granted(&world, &pull(0))["records"][0]["value"].clone();
        assert_eq!(
            body(refused)["conflicts"][0]["value"],
            stands,
            "seed {seed}"
        );
    }
}

#[test]
fn pushes_at_once_on_different_keys_are_all_applied() {
    for seed in 1..=20 {
        let world = world(seed);
        let requests: [Value; 3] = ["a", "b", "c"].map(|key| push(&[(key, Some("1"), 0)]));
        let [a, b, c] = &requests;
        let answers = world.block_on(async {
            tokio::join!(answer(&world, a), answer(&world, b), answer(&world, c))
        });
        for answer in [answers.0, answers.1, answers.2] {
            assert_eq!(answer["statusCode"], 200, "seed {seed}: {answer}");
        }
        let held = granted(&world, &pull(0));
        assert_eq!(values(&held).len(), 3, "seed {seed}");
        assert_eq!(
            granted(&world, &crate::request(crate::LIST))["datasets"][0]["keys"],
            3
        );
    }
}
