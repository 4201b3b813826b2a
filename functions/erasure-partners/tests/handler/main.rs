//! Partners are told, on simulated AWS.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use erasure_partners::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Fault, World};

const ERASURE: &str = "era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2";
const PERSON: &str = "prf_019bc0e2128070000000000000000001";
const OTHER: &str = "prf_019bc0e2128070000000000000000002";

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

/// It is on record that `partners` were given something under the person's own id, or under that of the
/// other while the two were one.
fn given(world: &World, profile: &str, partners: &[&str]) {
    let mut row = json!({
        "erasure_id": ERASURE,
        "part": format!("disclosed#{profile}"),
        "profile_id": profile,
        "to": partners.iter().map(|name| format!("harbour#{name}")).collect::<Vec<_>>(),
    });
    if profile == OTHER {
        row["shared"] = shared()[0].clone();
    }
    world.put_row("erasures", row);
}

/// One call of the function, which may take a minute; returns the rows of those who are told.
fn told(world: &World) -> Vec<Value> {
    let progress = call(world, Duration::from_mins(1));
    assert_eq!(progress["done"], true);
    told_so_far(world)
}

/// One call of the function, which may take `limit`.
fn call(world: &World, limit: Duration) -> Value {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&json!({ "erasure_id": ERASURE })).unwrap();
    let invocation = world.invocation(limit);
    let progress = world.block_on(handle(&app, &event, invocation)).unwrap();
    serde_json::to_value(progress).unwrap()
}

fn told_so_far(world: &World) -> Vec<Value> {
    let rows = world.rows("erasures").into_iter();
    rows.filter(|row| row["part"].as_str().unwrap().starts_with("partner#"))
        .collect()
}

#[test]
fn whoever_was_given_something_is_told_and_nobody_else() {
    let world = world();
    given(&world, PERSON, &["chandlery"]);
    let told = told(&world);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["partner"], "chandlery");
    assert_eq!(told[0]["profiles"], json!([PERSON]));
    assert_eq!(told[0].get("shared"), None);
}

/// Whom the events name that wait for the bus.
fn announced(world: &World) -> Vec<Value> {
    let mut erasures = world.rows("erasures").into_iter();
    let erasure = erasures.find(|row| row["part"] == "erasure").unwrap();
    let rows = world.rows("profiles").into_iter();
    let events = rows.map(|row| serde_json::from_str::<Value>(row["event"].as_str().unwrap()));
    events
        .map(|event| {
            let event = event.unwrap();
            assert_eq!(event["type"], "dev.fairlead.erasure.told.v1");
            assert_eq!(event["data"]["erasure_id"], ERASURE);
            assert_eq!(event["data"]["acknowledge_by"], erasure["acknowledge_by"]);
            event["data"]["partner_id"].clone()
        })
        .collect()
}

#[test]
fn of_whoever_is_told_there_is_an_event_once() {
    let world = world();
    given(&world, PERSON, &["chandlery"]);
    told(&world);
    assert_eq!(announced(&world), ["chandlery"]);
    world.advance(Duration::from_mins(1));
    given(&world, PERSON, &["chandlery", "sailmaker"]);
    told(&world);
    let mut all = announced(&world);
    all.sort_by_key(Value::to_string);
    assert_eq!(all, ["chandlery", "sailmaker"]);
}

#[test]
fn the_deadline_is_set_by_the_first_run_and_no_later_one_moves_it() {
    let world = world();
    given(&world, PERSON, &["chandlery"]);
    let first = told(&world);
    assert_eq!(first[0]["told_at"], "2026-01-15T09:00:00Z");
    assert_eq!(first[0]["acknowledge_by"], "2026-01-16T09:00:00Z");
    assert_eq!(first[0]["open_for"], "harbour#chandlery");
    world.advance(Duration::from_hours(2));
    // The first run was cut off before it came to the sailmaker.
    given(&world, PERSON, &["chandlery", "sailmaker"]);
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
    given(&world, PERSON, &["chandlery"]);
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
    given(&world, OTHER, &["chandlery"]);
    let first = told(&world);
    assert_eq!(first.len(), 1);
    assert_eq!(first[0]["partner"], "chandlery");
    assert_eq!(first[0]["profiles"], json!([OTHER]));
    assert_eq!(first[0]["shared"], shared());
    world.advance(Duration::from_mins(1));
    assert_eq!(told(&world), first);
}

#[test]
fn who_was_given_nothing_is_not_told() {
    let world = world();
    given(&world, PERSON, &[]);
    given(&world, OTHER, &[]);
    assert_eq!(told(&world), Vec::<Value>::new());
}

#[test]
fn without_time_for_all_it_says_so_and_goes_on_with_those_who_are_left() {
    let world = world();
    let partners: Vec<String> = (0..40).map(|n| format!("partner-{n}")).collect();
    let partners: Vec<&str> = partners.iter().map(String::as_str).collect();
    given(&world, PERSON, &partners);
    world
        .faults()
        .always(Fault::Delay(Duration::from_millis(250)), |_| true);
    let mut told = 0;
    for _ in 0..10 {
        let progress = call(&world, Duration::from_secs(13));
        let now = told_so_far(&world).len();
        assert!(now > told, "nobody was told");
        told = now;
        if progress["done"] == true {
            break;
        }
        assert!(told < 40, "all are told, and it does not say so");
    }
    assert_eq!(told, 40);
    assert_eq!(announced(&world).len(), 40);
}

/// Twenty partners were given somebody, of which one under nine thousand ids.
#[test]
fn however_many_ids_there_are_each_partner_is_told_in_a_row_that_fits() {
    let world = world();
    let partners: Vec<String> = (0..20).map(|n| format!("partner-{n}")).collect();
    let partners: Vec<&str> = partners.iter().map(String::as_str).collect();
    let id = |n: usize| format!("prf_019bc0e212807000{n:016x}");
    for n in 0..9_000 {
        let some = if n < 50 {
            &partners[..]
        } else {
            &partners[..1]
        };
        given(&world, &id(n), some);
    }
    let told = told(&world);
    assert_eq!(told.len(), 20);
    let ids = |row: &Value| row["profiles"].as_array().unwrap().len();
    assert_eq!(told.iter().map(ids).max(), Some(8_000));
    assert!(told.iter().all(|row| row.to_string().len() < 400_000));
    assert_eq!(told[0]["profiles"][0], id(0));
}
