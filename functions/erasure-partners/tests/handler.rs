//! Partners are told, on simulated AWS.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::time::Duration;

use erasure_partners::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::World;

const ERASURE: &str = "era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2";
const PERSON: &str = "prf_019bc0e2128070000000000000000001";
const OTHER: &str = "prf_019bc0e2128070000000000000000002";

/// The milliseconds of hours on a day on which the person was one with the other from eight to ten.
const AT_SEVEN: &str = "019ba6b46980";
const AT_NINE: &str = "019ba7224680";
const AT_ELEVEN: &str = "019ba7902380";

/// A person whose data is removed.
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
        "data_removed_at": "2026-01-15T09:00:00Z",
        "request_id": "request-1",
    });
    world.put_row("erasures", erasure);
    let member = format!("member#{PERSON}");
    world.put_row(
        "erasures",
        json!({ "erasure_id": ERASURE, "part": member, "profile_id": PERSON }),
    );
    world
}

/// Under whose id the person went, and when.
fn shared() -> Value {
    json!([{
        "profile_id": OTHER,
        "from": "2026-01-10T08:00:00Z",
        "until": "2026-01-10T10:00:00Z",
    }])
}

/// It is on record that the person was one with the other.
fn split_off(world: &World) {
    world.put_row(
        "erasures",
        json!({
            "erasure_id": ERASURE,
            "part": format!("trail#{PERSON}#mrg_019ba6eb580070008000000000000001"),
            "went_under": shared(),
        }),
    );
}

/// A partner asked for `profile`.
fn asked(world: &World, partner: &str, profile: &str, at: &str, outcome: &str) {
    world.put_row(
        "receipts",
        json!({
            "profile_id": profile,
            "receipt_id": format!("rcp_{at}70008000000000000001"),
            "tenant": "harbour",
            "partner": partner,
            "outcome": outcome,
        }),
    );
}

/// One call of the function; returns the rows of those who are told.
fn told(world: &World) -> Vec<Value> {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&json!({ "erasure_id": ERASURE })).unwrap();
    let invocation = world.invocation(Duration::from_mins(1));
    world.block_on(handle(&app, &event, invocation)).unwrap();
    let rows = world.rows("erasures").into_iter();
    rows.filter(|row| row["part"].as_str().unwrap().starts_with("partner#"))
        .collect()
}

#[test]
fn whoever_was_given_something_is_told_and_nobody_else() {
    let world = world();
    asked(&world, "chandlery", PERSON, AT_SEVEN, "partly");
    asked(&world, "sailmaker", PERSON, AT_NINE, "refused");
    let told = told(&world);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["partner"], "chandlery");
    assert_eq!(told[0]["profiles"], json!([PERSON]));
    assert_eq!(told[0].get("shared"), None);
}

/// Whom the events name that wait for the bus.
fn announced(world: &World) -> Vec<Value> {
    let rows = world.rows("profiles").into_iter();
    let events = rows.map(|row| serde_json::from_str::<Value>(row["event"].as_str().unwrap()));
    events
        .map(|event| {
            let event = event.unwrap();
            assert_eq!(event["type"], "dev.fairlead.erasure.told.v1");
            assert_eq!(event["data"]["erasure_id"], ERASURE);
            assert_eq!(event["data"]["acknowledge_by"], "2026-01-16T09:00:00Z");
            event["data"]["partner_id"].clone()
        })
        .collect()
}

#[test]
fn of_whoever_is_told_there_is_an_event_once() {
    let world = world();
    asked(&world, "chandlery", PERSON, AT_SEVEN, "allowed");
    asked(&world, "sailmaker", PERSON, AT_NINE, "refused");
    told(&world);
    assert_eq!(announced(&world), ["chandlery"]);
    world.advance(Duration::from_mins(1));
    asked(&world, "sailmaker", PERSON, AT_ELEVEN, "allowed");
    told(&world);
    let mut all = announced(&world);
    all.sort_by_key(Value::to_string);
    assert_eq!(all, ["chandlery", "sailmaker"]);
}

#[test]
fn the_deadline_is_set_by_the_first_run_and_no_later_one_moves_it() {
    let world = world();
    asked(&world, "chandlery", PERSON, AT_SEVEN, "allowed");
    let first = told(&world);
    assert_eq!(first[0]["told_at"], "2026-01-15T09:00:00Z");
    assert_eq!(first[0]["acknowledge_by"], "2026-01-16T09:00:00Z");
    assert_eq!(first[0]["open_for"], "harbour#chandlery");
    world.advance(Duration::from_hours(2));
    // The first run was cut off before it came to the sailmaker.
    asked(&world, "sailmaker", PERSON, AT_NINE, "allowed");
    let all = told(&world);
    assert_eq!(all.len(), 2);
    for row in &all {
        assert_eq!(row["told_at"], first[0]["told_at"]);
        assert_eq!(row["acknowledge_by"], first[0]["acknowledge_by"]);
    }
    let rows = world.rows("erasures");
    let erasure = rows.iter().find(|row| row["part"] == "erasure").unwrap();
    assert_eq!(erasure["acknowledge_by"], first[0]["acknowledge_by"]);
    assert_eq!(erasure["told"], 2);
}

#[test]
fn who_has_acknowledged_is_not_told_anew() {
    let world = world();
    asked(&world, "chandlery", PERSON, AT_SEVEN, "allowed");
    let mut acknowledged = told(&world).remove(0);
    acknowledged["acknowledged_at"] = "2026-01-15T10:00:00Z".into();
    acknowledged.as_object_mut().unwrap().remove("open_for");
    world.put_row("erasures", acknowledged.clone());
    world.advance(Duration::from_hours(2));
    assert_eq!(told(&world), [acknowledged]);
}

#[test]
fn who_was_given_the_person_under_anothers_id_is_told_of_that_id_and_its_time() {
    let world = world();
    split_off(&world);
    asked(&world, "chandlery", OTHER, AT_NINE, "allowed");
    let first = told(&world);
    assert_eq!(first.len(), 1);
    assert_eq!(first[0]["partner"], "chandlery");
    assert_eq!(first[0]["profiles"], json!([OTHER]));
    assert_eq!(first[0]["shared"], shared());
    world.advance(Duration::from_mins(1));
    assert_eq!(told(&world), first);
}

#[test]
fn who_was_given_the_other_alone_before_or_afterwards_is_not_told() {
    let world = world();
    split_off(&world);
    asked(&world, "chandlery", OTHER, AT_SEVEN, "allowed");
    asked(&world, "sailmaker", OTHER, AT_ELEVEN, "allowed");
    assert_eq!(told(&world), Vec::<Value>::new());
}
