use std::time::Duration;

use serde_json::{Value, json};

use crate::{JANE, PULL, granted, parts, pull, push, request, values, version, world};

const DAY: Duration = Duration::from_hours(24);

#[test]
fn a_device_pulls_what_changed_since_the_version_that_it_knows() {
    let world = world(1);
    let first = version(&granted(
        &world,
        &push(&[("a", Some("1"), 0), ("b", Some("1"), 0)]),
    ));
    let second = version(&granted(&world, &push(&[("c", Some("1"), 0)])));
    let third = version(&granted(&world, &push(&[("a", Some("2"), first)])));
    assert_eq!(
        values(&granted(&world, &pull(0))),
        [("b", Some("1")), ("c", Some("1")), ("a", Some("2"))]
    );
    assert_eq!(
        values(&granted(&world, &pull(first))),
        [("c", Some("1")), ("a", Some("2"))]
    );
    assert_eq!(values(&granted(&world, &pull(second))), [("a", Some("2"))]);
    let nothing = granted(&world, &pull(third));
    assert_eq!(
        (values(&nothing), &nothing["version"]),
        (vec![], &json!(third))
    );
}

#[test]
fn what_did_not_change_is_not_read() {
    let world = world(1);
    let large = "x".repeat(100_000);
    let seen = version(&granted(&world, &push(&[("large", Some(&large), 0)])));
    granted(&world, &push(&[("small", Some("1"), 0)]));
    let before = world.trace().len();
    assert_eq!(
        values(&granted(&world, &pull(seen))),
        [("small", Some("1"))]
    );
    let calls = &world.trace()[before..];
    let read: Vec<&str> = calls
        .iter()
        .map(|call| call.call.operation.as_str())
        .collect();
    assert_eq!(read, ["BatchGetItem", "Query"]);
    let query = calls[1].call.input["ExpressionAttributeValues"][":after"]["S"]
        .as_str()
        .unwrap();
    assert_eq!(query, format!("dataset-value#settings#{seen}#~"));
}

#[test]
fn a_device_that_knows_everything_costs_one_call() {
    let world = world(1);
    let seen = version(&granted(&world, &push(&[("a", Some("1"), 0)])));
    let before = world.trace().len();
    granted(&world, &pull(seen));
    assert_eq!(world.trace().len() - before, 1);
}

/// All pages of a pull, as a device reads them.
fn pages(world: &testkit::World, since: u64) -> Vec<Value> {
    let mut pages = vec![granted(world, &pull(since))];
    while let Some(cursor) = pages[pages.len() - 1].get("next_cursor").cloned() {
        let mut next = pull(since);
        next["queryStringParameters"]["cursor"] = cursor;
        pages.push(granted(world, &next));
    }
    pages
}

#[test]
fn what_does_not_fit_into_an_answer_comes_in_pages() {
    let world = world(1);
    // Half of the dataset as one value in two rows, the rest in small ones: more than a call reads
    // with what is around them.
    let large = "x".repeat(524_000);
    granted(&world, &push(&[("large", Some(&large), 0)]));
    let small = "y".repeat(17_000);
    let keys: Vec<String> = (0..30).map(|n| format!("key {n:02}")).collect();
    let changes: Vec<_> = keys.iter().map(|key| (&**key, Some(&*small), 0)).collect();
    let last = version(&granted(&world, &push(&changes)));
    let tombstones: Vec<_> = keys
        .iter()
        .take(2)
        .map(|key| (&**key, None, last))
        .collect();
    let last = version(&granted(&world, &push(&tombstones)));
    let pages = pages(&world, 0);
    let mut told: Vec<_> = pages.iter().flat_map(values).collect();
    assert_eq!(told.len(), 31);
    assert_eq!(told.remove(0), ("large", Some(&*large)));
    assert!(
        pages
            .iter()
            .all(|page| page["version"] == last && page["full_sync_needed"] == false)
    );
}

#[test]
fn a_value_of_a_megabyte_comes_back_whole() {
    let world = world(1);
    // Characters of four bytes, so that no row's end is a character's.
    let value = "😀".repeat(262_143);
    let before = granted(&world, &push(&[("k", Some(&value), 0)]));
    assert_eq!(before["bytes"], 1_048_573);
    let pages = pages(&world, 0);
    let told: Vec<_> = pages.iter().flat_map(values).collect();
    assert_eq!(told, [("k", Some(&*value))]);
    let rows = parts(&world, JANE).into_iter();
    assert_eq!(
        rows.filter(|part| part.starts_with("dataset-value#"))
            .count(),
        3
    );
    granted(&world, &push(&[("k", Some("1"), version(&before))]));
    let rows = parts(&world, JANE).into_iter();
    assert_eq!(
        rows.filter(|part| part.starts_with("dataset-value#"))
            .count(),
        1
    );
}

#[test]
fn where_there_is_no_dataset_nothing_changed() {
    let world = world(1);
    let nothing =
        json!({ "name": "settings", "version": 0, "full_sync_needed": false, "records": [] });
    assert_eq!(granted(&world, &pull(0)), nothing);
    assert_eq!(granted(&world, &request(PULL)), nothing);
}

#[test]
fn a_device_that_slept_longer_than_removals_are_known_has_to_compare_everything() {
    let world = world(1);
    let seen = version(&granted(
        &world,
        &push(&[("a", Some("1"), 0), ("b", Some("1"), 0)]),
    ));
    world.advance(DAY);
    let removed = version(&granted(&world, &push(&[("a", None, seen)])));
    world.advance(5 * DAY);
    assert_eq!(granted(&world, &pull(seen))["full_sync_needed"], false);
    for _ in 0..15 {
        world.advance(6 * DAY);
    }
    let told = granted(&world, &pull(seen));
    assert_eq!(
        (&told["full_sync_needed"], values(&told)),
        (&json!(true), vec![])
    );
    // Who knew the removal needs nothing, however long it slept.
    assert_eq!(granted(&world, &pull(removed))["full_sync_needed"], false);
}

#[test]
fn a_removal_is_kept_for_a_day_longer_than_it_is_counted_on() {
    let world = world(1);
    let seen = version(&granted(&world, &push(&[("a", Some("1"), 0)])));
    let removed = version(&granted(&world, &push(&[("a", None, seen)])));
    let expiring: Vec<_> = world
        .rows("profiles")
        .into_iter()
        .filter_map(|row| row["purge_at"].as_u64())
        .collect();
    assert_eq!(expiring, [removed / 1_000 + 91 * 24 * 60 * 60; 2]);
}

#[test]
fn what_the_table_forgot_can_be_set_anew() {
    let world = world(1);
    let seen = version(&granted(&world, &push(&[("a", Some("1"), 0)])));
    granted(&world, &push(&[("a", None, seen)]));
    // The time to live takes rows in any order: the key's first, or the value's.
    for gone in ["dataset-key#", "dataset-value#"] {
        let other = crate::world(1);
        for row in world.rows("profiles") {
            if !row["part"].as_str().unwrap().starts_with(gone) {
                other.put_row("profiles", row);
            }
        }
        let known = if gone == "dataset-key#" {
            0
        } else {
            version(&granted(&other, &pull(0)))
        };
        granted(&other, &push(&[("a", Some("2"), known)]));
        let pulled = granted(&other, &pull(seen));
        assert_eq!(values(&pulled).last(), Some(&("a", Some("2"))));
        assert_eq!(
            pulled["records"].as_array().unwrap().len(),
            if known == 0 { 2 } else { 1 }
        );
    }
}
