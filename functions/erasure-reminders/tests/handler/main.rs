//! Partners are reminded until the time is up, on simulated AWS.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use erasure_reminders::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::World;

const ERASURE: &str = "era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2";
const PERSON: &str = "prf_019bc0e2128070000000000000000001";

/// When the world begins, and partners were told.
const TOLD: &str = "2026-01-15T09:00:00Z";
const DEADLINE: &str = "2026-01-16T09:00:00Z";
/// How long it is between two reminders; the deadline is three times as far.
const EVERY: Duration = Duration::from_hours(8);
/// A little longer: ends are whole seconds.
const AFTER: Duration = Duration::from_mins(8 * 60 + 1);

/// A person of whom two partners were told, of which the sailmaker has acknowledged.
fn world() -> World {
    let world = World::new(1);
    let erasure = json!({
        "erasure_id": ERASURE,
        "part": "erasure",
        "state": "erasing",
        "profile_id": PERSON,
        "members": 1,
        "requested_at": "2026-01-12T09:00:00Z",
        "removal_at": "2026-01-15T09:00:00Z",
        "data_removed_at": TOLD,
        "told_at": TOLD,
        "acknowledge_by": DEADLINE,
        "told": 2,
        "request_id": "request-1",
    });
    world.put_row("erasures", erasure);
    world.put_row("erasures", told("chandlery"));
    let mut obedient = told("sailmaker");
    obedient["acknowledged_at"] = TOLD.into();
    world.put_row("erasures", obedient);
    world
}

fn told(partner: &str) -> Value {
    json!({
        "erasure_id": ERASURE,
        "part": format!("partner#harbour#{partner}"),
        "tenant": "harbour",
        "partner": partner,
        "profiles": [PERSON],
        "told_at": TOLD,
        "acknowledge_by": DEADLINE,
        "open_for": format!("harbour#{partner}"),
    })
}

/// One call of the function; returns in which minute to look again, if the waiting is not over.
fn looked(world: &World) -> Option<String> {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&json!({ "erasure_id": ERASURE })).unwrap();
    let invocation = world.invocation(Duration::from_mins(1));
    let progress = world.block_on(handle(&app, &event, invocation)).unwrap();
    let progress = serde_json::to_value(progress).unwrap();
    let look_at = progress["look_at"].as_str().unwrap();
    (progress["done"] == false).then(|| look_at[..16].to_owned())
}

fn partner(world: &World, partner: &str) -> Value {
    let part = format!("partner#harbour#{partner}");
    let mut rows = world.rows("erasures").into_iter();
    rows.find(|row| row["part"] == part.as_str()).unwrap()
}

/// Whom the events name that wait for the bus.
fn reminded(world: &World) -> Vec<Value> {
    let rows = world.rows("profiles").into_iter();
    let events = rows.map(|row| serde_json::from_str::<Value>(row["event"].as_str().unwrap()));
    events
        .map(|event| {
            let event = event.unwrap();
            assert_eq!(event["type"], "dev.fairlead.erasure.reminded.v1");
            assert_eq!(event["data"]["acknowledge_by"], DEADLINE);
            event["data"]["partner_id"].clone()
        })
        .collect()
}

#[test]
fn nobody_is_reminded_of_what_they_were_told_a_moment_ago() {
    let world = world();
    assert_eq!(looked(&world).unwrap(), "2026-01-15T17:00");
    assert_eq!(reminded(&world), Vec::<Value>::new());
}

#[test]
fn who_has_not_acknowledged_is_reminded_each_time_that_the_term_is_over_and_nobody_else() {
    let world = world();
    world.advance(AFTER);
    assert_eq!(looked(&world).unwrap(), "2026-01-16T01:01");
    assert_eq!(reminded(&world), ["chandlery"]);
    assert_eq!(partner(&world, "chandlery")["reminders"], 1);
    // Once more at once: it was reminded a moment ago.
    looked(&world);
    assert_eq!(reminded(&world), ["chandlery"]);
    world.advance(AFTER);
    looked(&world);
    assert_eq!(reminded(&world), ["chandlery", "chandlery"]);
    assert_eq!(partner(&world, "chandlery")["reminders"], 2);
    assert_eq!(partner(&world, "sailmaker").get("reminders"), None);
}

#[test]
fn the_next_look_is_never_after_the_deadline() {
    let world = world();
    world.advance(EVERY * 2);
    world.advance(Duration::from_mins(1));
    assert_eq!(looked(&world).unwrap(), &DEADLINE[..16]);
}

#[test]
fn once_all_have_acknowledged_nothing_is_waited_for() {
    let world = world();
    let mut obedient = partner(&world, "chandlery");
    obedient["acknowledged_at"] = TOLD.into();
    world.put_row("erasures", obedient);
    world.advance(AFTER);
    assert_eq!(looked(&world), None);
    assert_eq!(reminded(&world), Vec::<Value>::new());
}

#[test]
fn once_the_time_is_up_the_waiting_is_over_and_nobody_is_reminded_any_more() {
    let world = world();
    world.advance(EVERY * 3);
    assert_eq!(looked(&world), None);
    assert_eq!(reminded(&world), Vec::<Value>::new());
    assert_eq!(partner(&world, "chandlery").get("acknowledged_at"), None);
}

#[test]
fn nothing_is_waited_for_before_partners_were_told() {
    let world = world();
    let mut rows = world.rows("erasures").into_iter();
    let mut untold = rows.find(|row| row["part"] == "erasure").unwrap();
    for name in ["told_at", "acknowledge_by"] {
        untold.as_object_mut().unwrap().remove(name);
    }
    world.put_row("erasures", untold);
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&json!({ "erasure_id": ERASURE })).unwrap();
    let invocation = world.invocation(Duration::from_mins(1));
    let refused = world.block_on(handle(&app, &event, invocation));
    let refused = refused.unwrap_err().to_string();
    assert_eq!(refused, "the erasure is not at this step");
}
