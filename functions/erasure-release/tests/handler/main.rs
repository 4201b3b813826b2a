//! Steps fail, and the state machine goes back, or on where there is no way back, on simulated AWS.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::cell::Cell;

use erasure_release::{App, handle};
use lambda_kit::{Invocation, aws::CallBudget};
use serde_json::{Value, json, value::RawValue};
use testkit::{
    World,
    delivery::{Ended, state_machine},
};

const DEFINITION: &str = include_str!("../../../../cdk/erasure.asl.json");
const ERASURE: &str = "era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2";
const PERSON: &str = "prf_019bc0e2128070000000000000000001";

fn world(state: &str) -> World {
    let world = World::new(1);
    let erasure = json!({
        "erasure_id": ERASURE,
        "part": "erasure",
        "state": state,
        "profile_id": PERSON,
        "members": 1,
        "requested_at": "2026-01-15T09:00:00Z",
        "removal_at": "2026-01-15T10:00:00Z",
        "request_id": "request-1",
    });
    world.put_row("erasures", erasure);
    let member = format!("member#{PERSON}");
    world.put_row(
        "erasures",
        json!({ "erasure_id": ERASURE, "part": member, "profile_id": PERSON }),
    );
    let profile = json!({ "profile_id": PERSON, "part": "profile", "closed": "erasing", "erasure_id": ERASURE });
    world.put_row("profiles", profile);
    world
}

/// How the state machine ends if `other` stands in for all functions but erasure-release.
fn ends(world: &World, other: impl Fn(&str) -> Result<Value, String>) -> Ended {
    let definition: Value = serde_json::from_str(DEFINITION).unwrap();
    let input = json!({ "erasure_id": ERASURE });
    let functions = async |function: &str, event: &RawValue, invocation: Invocation| {
        if function != "erasure-release" {
            return other(function);
        }
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
        let progress = handle(&app, event, invocation).await;
        let progress = progress.map_err(|error| error.to_string())?;
        Ok(serde_json::to_value(progress).unwrap())
    };
    world.block_on(state_machine(world, &definition, input, functions))
}

fn progress(state: &str) -> Value {
    json!({
        "erasure_id": ERASURE,
        "state": state,
        "removal_at": "2026-01-15T10:00:00Z",
        "done": true,
        "look_at": "2026-01-15T10:00:00Z",
    })
}

fn row(world: &World, table: &str, part: &str) -> Value {
    let mut rows = world.rows(table).into_iter();
    rows.find(|row| row["part"] == part).unwrap()
}

#[test]
fn a_step_that_keeps_failing_before_anything_is_gone_gives_the_person_back() {
    let world = world("requested");
    let ended = ends(&world, |_| Err("it fails".to_owned()));
    assert_eq!(ended, Ended::Failed("ErasureCompensated".to_owned()));
    assert_eq!(row(&world, "profiles", "profile").get("closed"), None);
    let erasure = row(&world, "erasures", "erasure");
    assert_eq!(
        [&erasure["state"], &erasure["because"], &erasure["failure"]],
        ["withdrawn", "failure", "FunctionError"]
    );
    let outbox = world.rows("profiles");
    let told = outbox.iter().find_map(|row| row["event"].as_str()).unwrap();
    assert!(told.contains("dev.fairlead.erasure.withdrawn.v1") && told.contains("failure"));
}

#[test]
fn once_something_is_gone_a_failure_changes_nothing_and_the_rest_is_finished() {
    let world = world("erasing");
    let before = [world.rows("profiles"), world.rows("erasures")];
    let failures = Cell::new(9);
    let ended = ends(&world, |function| {
        if function == "erasure-logins" && failures.get() > 0 {
            failures.set(failures.get() - 1);
            return Err("it fails for a while".to_owned());
        }
        Ok(progress("erasing"))
    });
    assert!(matches!(ended, Ended::Succeeded(state, _) if state == "Certified"));
    assert_eq!([world.rows("profiles"), world.rows("erasures")], before);
}

#[test]
fn a_step_that_is_given_up_ends_the_execution_where_it_stands() {
    let world = world("erasing");
    let ended = ends(&world, |function| match function {
        "erasure-data" => Err("it fails".to_owned()),
        _ => Ok(progress("erasing")),
    });
    assert_eq!(ended, Ended::Failed("FunctionError".to_owned()));
    assert_eq!(row(&world, "profiles", "profile")["closed"], "erasing");
}
