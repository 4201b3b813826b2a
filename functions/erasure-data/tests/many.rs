//! Somebody who is made of very many members is erased, run by run, on simulated AWS.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::time::Duration;

use erasure_data::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Fault, World};

const ERASURE: &str = "era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2";

/// How many members there are, with a row, a receipt and an export each.
const MEMBERS: usize = 400;

/// How long each call takes, and each run.
const CALL: Duration = Duration::from_millis(20);
const RUN: Duration = Duration::from_secs(20);

fn member(n: usize) -> String {
    format!("prf_019bc0e212807000{n:016x}")
}

fn world() -> World {
    let world = World::new(1);
    world.put_row(
        "erasures",
        json!({
            "erasure_id": ERASURE,
            "part": "erasure",
            "state": "erasing",
            "profile_id": member(0),
            "members": MEMBERS,
            "requested_at": "2026-01-12T09:00:00Z",
            "removal_at": "2026-01-15T09:00:00Z",
            "request_id": "request-1",
        }),
    );
    for n in 0..MEMBERS {
        let id = member(n);
        let part = format!("member#{id}");
        world.put_row(
            "erasures",
            json!({ "erasure_id": ERASURE, "part": part, "profile_id": id }),
        );
        let profile = json!({
            "profile_id": id, "part": "profile", "closed": "erasing", "erasure_id": ERASURE,
        });
        world.put_row("profiles", profile);
        let login = json!({ "profile_id": id, "part": "login#1", "at": "2026-01-10T09:00:00Z" });
        world.put_row("profiles", login);
        let receipt = json!({
            "profile_id": id,
            "receipt_id": "rcp_019ba722468070008000000000000001",
            "tenant": "harbour",
            "partner": "chandlery",
            "outcome": "allowed",
            "reason": "Jane",
        });
        world.put_row("receipts", receipt);
        let export = format!("exports/{id}/1.zip");
        let engines = world.engines();
        engines.put_object("exports", &export, "application/zip", "Jane");
    }
    world
}

/// A run of the function by a process of its own; whether that was all.
fn is_done(world: &World) -> bool {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&json!({ "erasure_id": ERASURE })).unwrap();
    let invocation = world.invocation(RUN);
    let progress = world.block_on(handle(&app, &event, invocation)).unwrap();
    serde_json::to_value(progress).unwrap()["done"] == true
}

fn calls(world: &World, operation: &str) -> usize {
    let trace = world.trace();
    let calls = trace
        .iter()
        .filter(|traced| traced.call.operation == operation);
    calls.count()
}

#[test]
fn each_run_ends_in_time_and_goes_on_where_the_one_before_stopped() {
    let world = world();
    world.faults().always(Fault::Delay(CALL), |_| true);
    let mut runs = 1;
    let mut before = world.clock().now();
    while !is_done(&world) {
        let now = world.clock().now();
        assert!(now.duration_since(before).unsigned_abs() < RUN);
        before = now;
        runs += 1;
        assert!(runs < 20, "it does not come to its end");
    }
    assert!(runs > 3, "all of it fits into {runs} runs");
    // Each member is looked at once, and where a run was cut off once more. What is found is removed,
    // and looked for again.
    assert!(calls(&world, "ListObjectsV2") <= 2 * MEMBERS + runs);
    // A Query for the refused events, the stays with others, the rows and the receipts of each.
    let pages = 6 * runs;
    assert!(calls(&world, "Query") <= 4 * MEMBERS + pages + runs);
    let rows = world.rows("profiles");
    let is_left = |row: &Value| row["closed"] == "erased" || row.get("event").is_some();
    assert!(rows.iter().all(is_left));
    assert!(world.objects("exports").is_empty());
    let receipts = world.rows("receipts");
    assert!(receipts.iter().all(|row| row.get("reason").is_none()));
    let erasures = world.rows("erasures");
    let count = |prefix: &str| {
        let parts = erasures
            .iter()
            .filter(|row| row["part"].as_str().unwrap().starts_with(prefix));
        parts.count()
    };
    assert_eq!((count("member#"), count("disclosed#")), (MEMBERS, MEMBERS));
    let erasure = erasures
        .iter()
        .find(|row| row["part"] == "erasure")
        .unwrap();
    assert_eq!(erasure["records"], MEMBERS);
    assert_eq!(erasure["reasons"], MEMBERS);
}
