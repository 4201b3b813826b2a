//! Many members are closed and opened again, on simulated AWS.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::{collections::BTreeSet, time::Duration};

use erasure::{ErasureReader, Releaser};
use erasure_freeze::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::World;

const ERASURE: &str = "era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2";
const MANY: usize = 130;

fn id(n: usize) -> String {
    format!("prf_019bc0e21280{n:020x}")
}

/// A person of many members, whose root they have closed by asking.
fn world() -> World {
    let world = World::new(1);
    let erasure = json!({
        "erasure_id": ERASURE,
        "part": "erasure",
        "state": "requested",
        "profile_id": id(0),
        "members": 1,
        "requested_at": "2026-01-15T09:00:00Z",
        "removal_at": "2026-01-18T09:00:00Z",
        "request_id": "request-1",
    });
    world.put_row("erasures", erasure);
    let member = format!("member#{}", id(0));
    world.put_row(
        "erasures",
        json!({ "erasure_id": ERASURE, "part": member, "profile_id": id(0) }),
    );
    let root = json!({ "profile_id": id(0), "part": "profile", "closed": "erasing", "erasure_id": ERASURE });
    world.put_row("profiles", root);
    for n in 1..MANY {
        world.put_row(
            "profiles",
            json!({ "profile_id": id(0), "part": format!("member#{}", id(n)) }),
        );
        let row = json!({ "profile_id": id(n), "part": "profile", "closed": "merged", "merged_into": id(0) });
        world.put_row("profiles", row);
    }
    world
}

fn call(world: &World) -> Value {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&json!({ "erasure_id": ERASURE })).unwrap();
    let invocation = world.invocation(Duration::from_mins(1));
    let progress = world.block_on(handle(&app, &event, invocation)).unwrap();
    serde_json::to_value(progress).unwrap()
}

/// How the profiles are closed, each way once.
fn closed(world: &World) -> BTreeSet<String> {
    let rows = world.rows("profiles").into_iter();
    let rows = rows.filter(|row| row["part"] == "profile");
    rows.map(|row| row["closed"].to_string()).collect()
}

#[test]
fn every_member_is_closed_however_many_there_are_and_opens_again_as_it_was() {
    let world = world();
    let before = world.rows("profiles");
    assert_eq!(call(&world)["state"], "frozen");
    assert_eq!(closed(&world), BTreeSet::from(["\"erasing\"".to_owned()]));
    assert_eq!(call(&world)["state"], "frozen");
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let reader = ErasureReader::new(&sdk, "erasures");
    let releaser = Releaser::new(&sdk, reader, "profiles", world.clock(), world.ids());
    let outcome = world.block_on(releaser.release(&ERASURE.parse().unwrap(), None));
    assert_eq!(
        serde_json::to_value(outcome.unwrap().state).unwrap(),
        "withdrawn"
    );
    let mut expected = before;
    let root = expected
        .iter_mut()
        .find(|row| row["part"] == "profile" && row["profile_id"] == id(0));
    let root = root.unwrap().as_object_mut().unwrap();
    root.remove("closed");
    root.remove("erasure_id");
    let mut after = world.rows("profiles");
    after.retain(|row| !row["part"].as_str().unwrap().starts_with("outbox#"));
    assert_eq!(after, expected);
    assert_eq!(world.rows("erasures").len(), 1);
}

#[test]
fn what_was_taken_back_meanwhile_stays_open() {
    let world = world();
    let mut erasure = world.rows("erasures");
    erasure[0]["state"] = "withdrawn".into();
    world.put_row("erasures", erasure[0].clone());
    let before = world.rows("profiles");
    assert_eq!(call(&world)["state"], "withdrawn");
    assert_eq!(world.rows("profiles"), before);
}
