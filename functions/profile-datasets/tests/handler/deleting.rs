use serde_json::json;
use testkit::{Call, Fault};

use crate::{
    DELETE, JANE, LIST, granted, of, parts, pull, push, request, send, values, version, world,
};

/// More keys than a transaction deletes.
fn filled(world: &testkit::World) -> u64 {
    let keys: Vec<String> = (0..120).map(|n| format!("key {n}")).collect();
    let mut last = 0;
    for some in keys.chunks(30) {
        let changes: Vec<_> = some.iter().map(|key| (&**key, Some("value"), 0)).collect();
        last = version(&granted(world, &push(&changes)));
    }
    last
}

#[test]
fn nothing_is_left_of_a_dataset_but_that_it_was_there() {
    let world = world(1);
    filled(&world);
    granted(&world, &of("other", push(&[("a", Some("1"), 0)])));
    let deleted = send(&world, &request(DELETE));
    assert_eq!(
        (&deleted["statusCode"], deleted.get("body")),
        (&json!(204), None)
    );
    let left = parts(&world, JANE);
    assert_eq!(left.len(), 4, "{left:?}");
    assert!(
        left.iter()
            .all(|part| part == "datasets" || part.contains("#other"))
    );
    assert_eq!(send(&world, &request(DELETE))["statusCode"], 204);
}

#[test]
fn a_device_that_knew_a_deleted_dataset_has_to_compare_everything() {
    let world = world(1);
    let known = filled(&world);
    send(&world, &request(DELETE));
    let gone = granted(&world, &pull(known));
    assert_eq!(
        (&gone["full_sync_needed"], &gone["version"]),
        (&json!(true), &json!(0))
    );
    let anew = granted(&world, &push(&[("key 1", Some("anew"), 0)]));
    assert!(version(&anew) > known);
    assert_eq!(granted(&world, &pull(known))["full_sync_needed"], true);
    let everything = granted(&world, &pull(0));
    assert_eq!(values(&everything), [("key 1", Some("anew"))]);
}

#[test]
fn a_cursor_of_a_deleted_dataset_leads_nowhere() {
    let world = world(1);
    let known = filled(&world);
    let mut next = pull(0);
    next["queryStringParameters"]["cursor"] = format!("{known}.3").into();
    assert_eq!(values(&granted(&world, &next)).len(), 26);
    send(&world, &request(DELETE));
    assert_eq!(granted(&world, &next)["full_sync_needed"], true);
    granted(&world, &push(&[("key 1", Some("anew"), 0)]));
    assert_eq!(granted(&world, &next)["full_sync_needed"], true);
}

/// Cuts a deletion off after its first `done` transactions.
fn cut_off(world: &testkit::World, done: usize) {
    let writes = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    world
        .faults()
        .always(Fault::Unavailable, move |call: &Call| {
            call.is_table_write()
                && writes.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= done
        });
    assert_eq!(send(world, &request(DELETE))["statusCode"], 503);
    world.faults().heal();
}

#[test]
fn a_deletion_that_was_cut_off_shows_nothing_any_more_and_is_finished_by_the_next() {
    for done in 1..=3 {
        let world = world(1);
        let known = filled(&world);
        cut_off(&world, done);
        assert_eq!(granted(&world, &request(LIST)), json!({ "datasets": [] }));
        assert_eq!(granted(&world, &pull(known))["full_sync_needed"], true);
        assert_eq!(values(&granted(&world, &pull(0))), []);
        assert!(
            parts(&world, JANE).len() > 1,
            "nothing was cut off after {done}"
        );
        send(&world, &request(DELETE));
        assert_eq!(parts(&world, JANE), ["datasets"]);
    }
}

#[test]
fn a_push_finishes_a_deletion_that_was_cut_off_and_makes_the_dataset_anew() {
    let world = world(1);
    let known = filled(&world);
    cut_off(&world, 2);
    granted(&world, &push(&[("key 1", Some("anew"), 0)]));
    assert_eq!(
        values(&granted(&world, &pull(0))),
        [("key 1", Some("anew"))]
    );
    assert_eq!(granted(&world, &pull(known))["full_sync_needed"], true);
    assert_eq!(parts(&world, JANE).len(), 4);
}

#[test]
fn deleting_and_pushing_at_once_leave_all_or_nothing() {
    for seed in 1..=20 {
        let world = world(seed);
        filled(&world);
        let (delete, push) = (request(DELETE), push(&[("new", Some("1"), 0)]));
        let (deleted, pushed) = world.block_on(async {
            tokio::join!(crate::answer(&world, &delete), crate::answer(&world, &push))
        });
        assert_eq!(
            (&deleted["statusCode"], &pushed["statusCode"]),
            (&json!(204), &json!(200)),
            "seed {seed}"
        );
        let left = parts(&world, JANE).len();
        assert!(left == 1 || left == 4, "seed {seed}: {left} rows are left");
        let count = world
            .rows("profiles")
            .into_iter()
            .find(|row| row["part"] == "datasets");
        assert_eq!(count.unwrap()["count"], u64::from(left == 4), "seed {seed}");
    }
}

#[test]
fn two_deletions_at_once_count_once() {
    for seed in 1..=20 {
        let world = world(seed);
        filled(&world);
        granted(&world, &of("other", push(&[("a", Some("1"), 0)])));
        let delete = request(DELETE);
        let (one, two) = world.block_on(async {
            tokio::join!(
                crate::answer(&world, &delete),
                crate::answer(&world, &delete)
            )
        });
        assert_eq!(
            (&one["statusCode"], &two["statusCode"]),
            (&json!(204), &json!(204)),
            "seed {seed}"
        );
        let count = world
            .rows("profiles")
            .into_iter()
            .find(|row| row["part"] == "datasets");
        assert_eq!(count.unwrap()["count"], 1, "seed {seed}");
    }
}
