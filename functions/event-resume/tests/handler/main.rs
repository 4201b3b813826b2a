//! The handler on a simulated AWS: of which events the bus is told again, and which go on waiting.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use cloudevent::Incoming;
use event_resume::{App, handle};
use identity::{ExternalId, Identifier, IdentifierKey};
use intake::{EventItem, WaitingWriter};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{Call, Fault, World, delivery};

const JANE: &str = "prf_01010101010171018101010101010101";
const JOAN: &str = "prf_02020202020272028202020202020202";

fn external(id: &str) -> Identifier {
    Identifier::External(ExternalId::new("harbour", "crm", id).unwrap())
}

fn key(world: &World) -> IdentifierKey {
    IdentifierKey::from_environment(&world.environment()).unwrap()
}

/// A profile, as `more` says.
fn profile(id: &str, more: &Value) -> Value {
    let mut row = json!({
        "profile_id": id, "part": "profile", "version": 1, "fields": {},
        "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
    });
    let members = more.as_object().unwrap().clone();
    row.as_object_mut().unwrap().extend(members);
    row
}

/// The CRM calls the member `id` by these ids.
fn is_called(world: &World, id: &str, names: &[&str]) {
    for name in names {
        let part = external(name).part(&key(world));
        let row =
            json!({ "profile_id": id, "part": part, "value": name, "at": "2026-01-15T09:00:00Z" });
        world.put_row("profiles", row);
    }
}

/// A world in which Jane is there, whom the CRM calls C-17.
fn world() -> World {
    let world = World::new(1);
    world.put_row("profiles", profile(JANE, &json!({})));
    is_called(&world, JANE, &["C-17"]);
    world
}

/// An event of the CRM that waits for whom it calls `name`.
fn waits(world: &World, id: &str, name: &str) {
    let json = json!({
        "specversion": "1.0", "id": id, "source": "/shops/17",
        "type": "com.example.order.placed.v1", "fairleadidentifier": format!("external:{name}"),
        "data": { "order": "canary" },
    });
    let event = Incoming::from_json(&json.to_string()).unwrap();
    let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
    let now = world.clock().now();
    let (item, _) = EventItem::new(&event, whose, "request-1", "events", now);
    let mut row = serde_json::to_value(&item).unwrap();
    for name in ["relay_shard", "relay_at"] {
        row.as_object_mut().unwrap().remove(name);
    }
    world.put_row("events", row);
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let writer = WaitingWriter::new(&sdk, "waiting", key(world), world.clock());
    let waits = world.block_on(writer.wait(&item, &[external(name)]));
    assert!(waits.unwrap());
}

fn of_fairlead(kind: &str, data: &Value) -> String {
    let detail = json!({
        "specversion": "1.0", "id": "evt_1", "source": "dev.fairlead.profile",
        "type": format!("dev.fairlead.profile.{kind}.v1"), "subject": data["profile_id"],
        "time": "2026-01-15T09:00:00Z", "datacontenttype": "application/json", "data": data,
    });
    json!({ "version": "0", "detail": detail }).to_string()
}

/// That `id` is known by identifiers of these kinds, too.
fn identified(id: &str, kinds: &[&str]) -> String {
    let data = json!({ "profile_id": id, "version": 2, "identifiers": kinds, "changed": [] });
    of_fairlead("identified", &data)
}

/// How many messages end as dead letters.
fn deliver(world: &World, bodies: &[String]) -> usize {
    let bodies = bodies.to_vec();
    let outcome = delivery::sqs(world, "awaited", bodies, async |event, invocation| {
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
        handle(&app, event, invocation).await
    });
    world.block_on(outcome).dead_letters.len()
}

/// The ids of the events of which the bus is to be told.
fn told_again(world: &World) -> Vec<String> {
    let mut rows = world.rows("events");
    rows.retain(|row| row.get("relay_shard").is_some());
    let ids = rows
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned());
    let mut ids: Vec<String> = ids.collect();
    ids.sort();
    ids
}

#[test]
fn what_waited_for_somebody_is_told_of_again_and_nothing_else() {
    let world = world();
    for (id, name) in [("1", "C-17"), ("2", "C-18"), ("3", "C-17")] {
        waits(&world, id, name);
    }
    let rows = json!(world.rows("waiting")).to_string();
    assert!(!rows.contains("C-17"), "{rows}");
    assert_eq!(deliver(&world, &[identified(JANE, &["external"])]), 0);
    assert_eq!(told_again(&world), ["1", "3"]);
    let mut events = world.rows("events").into_iter();
    let row = events.find(|row| row["id"] == "1").unwrap();
    assert_eq!(row["relay_at"], "2026-01-15T09:00:00.000Z");
    assert!(row.get("told_again_at").is_some());
    let left = world.rows("waiting");
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["identifier"], external("C-18").key(&key(&world)));
}

#[test]
fn whoever_is_new_is_waited_for_too() {
    let world = world();
    waits(&world, "1", "C-17");
    let data =
        json!({ "profile_id": JANE, "version": 1, "identifiers": ["cognito_sub", "external"] });
    assert_eq!(deliver(&world, &[of_fairlead("created", &data)]), 0);
    assert_eq!(told_again(&world), ["1"]);
}

#[test]
fn by_what_nobody_is_named_nothing_is_looked_for() {
    let world = world();
    waits(&world, "1", "C-17");
    assert_eq!(deliver(&world, &[identified(JANE, &["email"])]), 0);
    assert_eq!(told_again(&world), Vec::<String>::new());
    assert_eq!(world.rows("waiting").len(), 1);
}

#[test]
fn who_was_merged_meanwhile_is_found_with_all_of_their_members_and_so_is_who_was_split_off() {
    let merged = json!({ "closed": "merged", "merged_into": JANE });
    let split = json!({
        "profile_id": JANE, "version": 3, "restored_id": JOAN,
        "merge_id": "mrg_0198f2a2e3f4705192a3b4c5d6e7f809",
    });
    for (of_joan, told) in [
        (merged, identified(JOAN, &["external"])),
        (json!({}), of_fairlead("split", &split)),
    ] {
        let world = world();
        world.put_row("profiles", profile(JOAN, &of_joan));
        is_called(&world, JOAN, &["C-18"]);
        if of_joan.get("closed").is_some() {
            let part = format!("member#{JOAN}");
            world.put_row("profiles", json!({ "profile_id": JANE, "part": part }));
        }
        waits(&world, "1", "C-18");
        assert_eq!(deliver(&world, &[told]), 0);
        assert_eq!(told_again(&world), ["1"]);
    }
}

#[test]
fn of_somebody_who_is_leaving_it_is_told_again_and_of_somebody_who_is_gone_it_is_not() {
    let leaving = world();
    waits(&leaving, "1", "C-17");
    leaving.put_row("profiles", profile(JANE, &json!({ "closed": "erasing" })));
    assert_eq!(deliver(&leaving, &[identified(JANE, &["external"])]), 0);
    assert_eq!(told_again(&leaving), ["1"]);
    let gone = World::new(1);
    gone.put_row("profiles", profile(JANE, &json!({ "closed": "erased" })));
    waits(&gone, "1", "C-17");
    assert_eq!(deliver(&gone, &[identified(JANE, &["external"])]), 0);
    assert_eq!(told_again(&gone), Vec::<String>::new());
}

#[test]
fn what_says_nothing_any_more_or_has_run_out_waits_no_longer() {
    let world = world();
    waits(&world, "1", "C-17");
    let mut row = world.rows("events")[0].clone();
    row.as_object_mut().unwrap().remove("body");
    row["body_removed_at"] = "2026-01-15T09:00:00Z".into();
    world.put_row("events", row);
    assert_eq!(deliver(&world, &[identified(JANE, &["external"])]), 0);
    assert_eq!(told_again(&world), Vec::<String>::new());
    assert_eq!(world.rows("waiting"), Vec::<Value>::new());
    waits(&world, "2", "C-17");
    world.advance(Duration::from_hours(15 * 24));
    assert_eq!(deliver(&world, &[identified(JANE, &["external"])]), 0);
    assert_eq!(told_again(&world), Vec::<String>::new());
}

#[test]
fn however_many_wait_all_are_told_of() {
    let world = world();
    for id in 0..60 {
        waits(&world, &id.to_string(), "C-17");
    }
    assert_eq!(deliver(&world, &[identified(JANE, &["external"])]), 0);
    assert_eq!(told_again(&world).len(), 60);
    assert_eq!(world.rows("waiting"), Vec::<Value>::new());
}

#[test]
fn what_can_not_be_told_of_goes_on_waiting() {
    let world = world();
    waits(&world, "1", "C-17");
    world.faults().always(Fault::Unavailable, |call: &Call| {
        call.operation == "UpdateItem"
    });
    assert_eq!(deliver(&world, &[identified(JANE, &["external"])]), 1);
    assert_eq!(world.rows("waiting").len(), 1);
    world.faults().heal();
    assert_eq!(deliver(&world, &[identified(JANE, &["external"])]), 0);
    assert_eq!(told_again(&world), ["1"]);
}

#[test]
fn what_tells_of_nobody_is_a_dead_letter() {
    let world = world();
    let data = json!({ "profile_id": JANE, "version": 2, "changed": ["locale"] });
    let updated = of_fairlead("updated", &data);
    assert_eq!(deliver(&world, &["canary".to_owned(), updated]), 2);
}
