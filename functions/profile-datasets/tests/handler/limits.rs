use serde_json::json;

use crate::{DELETE, LIST, assert_problem, granted, of, pull, push, request, send, version, world};

#[test]
fn a_dataset_takes_1024_keys_and_not_one_more() {
    let world = world(1);
    let keys: Vec<String> = (0..1_024).map(|n| format!("key {n}")).collect();
    for some in keys.chunks(30) {
        let changes: Vec<_> = some.iter().map(|key| (&**key, Some(""), 0)).collect();
        granted(&world, &push(&changes));
    }
    let last = granted(&world, &request(LIST))["datasets"][0].clone();
    assert_eq!(last["keys"], 1_024);
    let one_more = push(&[("one more", Some(""), 0)]);
    assert_problem(&send(&world, &one_more), 409, "dataset-full", None);
    let swapped = push(&[
        ("one more", Some(""), 0),
        ("key 1023", None, version(&last)),
    ]);
    assert_eq!(granted(&world, &swapped)["keys"], 1_024);
}

#[test]
fn a_dataset_takes_a_mebibyte_and_not_one_byte_more() {
    let world = world(1);
    let value = "x".repeat(1_048_575);
    let full = granted(&world, &push(&[("k", Some(&value), 0)]));
    assert_eq!(full["bytes"], 1_048_576);
    assert_problem(
        &send(&world, &push(&[("l", Some(""), 0)])),
        409,
        "dataset-full",
        None,
    );
    let seen = version(&full);
    granted(
        &world,
        &push(&[("k", Some("less"), seen), ("l", Some(""), 0)]),
    );
}

#[test]
fn the_most_that_a_push_can_write_is_one_transaction() {
    let world = world(1);
    // Thirty old values, two of them in two rows, are replaced by thirty new ones of the same kind.
    let long = |c: char| c.to_string().repeat(360_000);
    let keys: Vec<String> = (0..30).map(|n| format!("key {n}")).collect();
    let changes = |long: &'static str, seen: u64| -> Vec<(String, String, u64)> {
        let value = |n: usize| {
            if n < 2 {
                long.to_owned()
            } else {
                long[..1].to_owned()
            }
        };
        keys.iter()
            .enumerate()
            .map(|(n, key)| (key.clone(), value(n), seen))
            .collect()
    };
    let send = |changes: &[(String, String, u64)]| {
        let changes: Vec<_> = changes
            .iter()
            .map(|(key, value, seen)| (&**key, Some(&**value), *seen))
            .collect();
        version(&granted(&world, &push(&changes)))
    };
    let seen = send(&changes(long('x').leak(), 0));
    send(&changes(long('y').leak(), seen));
    let trace = world.trace();
    let items: Vec<usize> = trace
        .iter()
        .filter_map(|call| Some(call.call.input.get("TransactItems")?.as_array()?.len()))
        .collect();
    assert_eq!(items, [3 + 30 + 32, 2 + 30 + 32 + 32]);
}

#[test]
fn a_person_has_twenty_datasets_and_not_one_more() {
    let world = world(1);
    for n in 0..20 {
        granted(
            &world,
            &of(&format!("dataset-{n}"), push(&[("a", Some("1"), 0)])),
        );
    }
    let one_more = of("one-more", push(&[("a", Some("1"), 0)]));
    assert_problem(&send(&world, &one_more), 409, "too-many-datasets", None);
    let seen = version(&granted(&world, &of("dataset-7", pull(0))));
    granted(&world, &of("dataset-7", push(&[("a", Some("2"), seen)])));
    assert_eq!(
        send(&world, &of("dataset-7", request(DELETE)))["statusCode"],
        204
    );
    granted(&world, &one_more);
    let listed = granted(&world, &request(LIST));
    assert_eq!(listed["datasets"].as_array().unwrap().len(), 20);
    assert_eq!(
        world
            .rows("profiles")
            .iter()
            .find(|row| row["part"] == "datasets")
            .unwrap()["count"],
        json!(20)
    );
}

#[test]
fn two_datasets_made_at_once_are_both_counted() {
    for seed in 1..=20 {
        let world = world(seed);
        let (a, b) = (
            of("a", push(&[("a", Some("1"), 0)])),
            of("b", push(&[("a", Some("1"), 0)])),
        );
        world
            .block_on(async { tokio::join!(crate::answer(&world, &a), crate::answer(&world, &b)) });
        let counted = world.rows("profiles");
        let counted = counted
            .iter()
            .find(|row| row["part"] == "datasets")
            .unwrap();
        assert_eq!(counted["count"], 2, "seed {seed}");
    }
}
