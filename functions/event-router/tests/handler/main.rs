//! The handler on a simulated AWS: whose timeline an event gets into, once, and what becomes of those of
//! people who leave.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use cloudevent::Incoming;
use event_router::{App, handle};
use identity::{ExternalId, Identifier, IdentifierKey};
use intake::EventItem;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery};

const JANE: &str = "prf_01010101010171018101010101010101";
const NOBODY: &str = "prf_0f0f0f0f0f0f7f0f8f0f0f0f0f0f0f0f";
const DEVICE: &str = "d3b07384d113edec49eaa6238ad5ff00";

/// A world in which Jane's profile is as `closed` says.
fn world(closed: Option<&str>) -> World {
    let world = World::new(1);
    let mut row = json!({
        "profile_id": JANE, "part": "profile", "version": 3, "fields": {},
        "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
    });
    if let Some(closed) = closed {
        row["closed"] = closed.into();
    }
    world.put_row("profiles", row);
    world
}

/// Accepts an event and says what the bus brings of it.
fn accept(world: &World, id: &str, attributes: &Value, size: usize) -> String {
    let mut json = json!({
        "specversion": "1.0", "id": id, "source": "/shops/17",
        "type": "com.example.order.placed.v1", "time": "2026-01-15T08:59:00Z",
        "data": { "order": "canary".repeat(size) },
    });
    let members = attributes.as_object().unwrap().clone();
    json.as_object_mut().unwrap().extend(members);
    let event = Incoming::from_json(&json.to_string()).unwrap();
    let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
    let now = world.clock().now();
    let (item, beside) = EventItem::new(&event, whose, "request-1", "events", now);
    if let Some(body) = beside {
        let key = item.body_key.as_deref().unwrap();
        let kind = "application/cloudevents+json";
        world.engines().put_object("events", key, kind, body);
    }
    let detail = serde_json::to_value(item.announcement()).unwrap();
    let mut row = serde_json::to_value(item).unwrap();
    for name in ["relay_shard", "relay_at"] {
        row.as_object_mut().unwrap().remove(name);
    }
    world.put_row("events", row);
    json!({ "version": "0", "detail": detail }).to_string()
}

/// Something of each event lies for a partner.
fn copy_all(world: &World) {
    for row in world.rows("events") {
        let event = row["event"].as_str().unwrap().replacen('#', "/", 1);
        let key = format!("claims/{event}/chandlery/abc");
        let engines = world.engines();
        engines.put_object("claims", &key, "application/json", "canary");
    }
}

/// How many messages end as dead letters.
fn deliver(world: &World, bodies: &[String]) -> usize {
    let bodies = bodies.to_vec();
    let outcome = delivery::sqs(world, "events-in", bodies, async |event, invocation| {
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
        handle(&app, event, invocation).await
    });
    world.block_on(outcome).dead_letters.len()
}

fn entries(world: &World) -> Vec<Value> {
    let mut rows = world.rows("profiles");
    rows.retain(|row| row["part"].as_str().unwrap().starts_with("event#"));
    rows
}

fn point(world: &World, identifier: &Identifier, row: Value) {
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let mut row = row;
    row["identifier"] = identifier.key(&key).into();
    world.put_row("identifiers", row);
}

#[test]
fn an_event_gets_into_the_timeline_of_its_subject_once() {
    let world = world(None);
    let body = accept(&world, "1", &json!({ "subject": JANE }), 1);
    assert_eq!(deliver(&world, &[body.clone(), body.clone()]), 0);
    assert_eq!(deliver(&world, &[body]), 0);
    let entries = entries(&world);
    assert_eq!(entries.len(), 1);
    let part = entries[0]["part"].as_str().unwrap();
    assert!(
        part.starts_with("event#harbour#2026-01-15T08:59:00.000000000Z#"),
        "{part}"
    );
    assert_eq!(entries[0]["partner"], "crm");
    assert_eq!(entries[0]["purge_at"], 1_768_467_600 + 365 * 86_400);
    let kept: Value = serde_json::from_str(entries[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(kept["subject"], JANE);
    // Others may need the event, too.
    assert!(world.rows("events")[0].get("body").is_some());
}

#[test]
fn several_announcements_in_one_message_are_each_routed() {
    let world = world(None);
    let bodies = ["1", "2"].map(|id| accept(&world, id, &json!({ "subject": JANE }), 1));
    let both = format!("[{},{}]", bodies[0], bodies[1]);
    assert_eq!(deliver(&world, &[both]), 0);
    assert_eq!(entries(&world).len(), 2);
}

#[test]
fn a_partner_names_people_by_its_own_ids_and_by_devices() {
    let world = world(None);
    let owned = json!({ "profile_id": JANE, "member": JANE, "verified": false });
    let external = ExternalId::new("harbour", "crm", "C-17").unwrap();
    point(&world, &Identifier::External(external), owned.clone());
    let others = ExternalId::new("harbour", "shop", "C-18").unwrap();
    point(&world, &Identifier::External(others), owned.clone());
    point(
        &world,
        &Identifier::Anonymous(DEVICE.parse().unwrap()),
        owned,
    );
    let bodies: Vec<String> = [
        "external:C-17".to_owned(),
        format!("anonymous:{DEVICE}"),
        // Another partner's.
        "external:C-18".to_owned(),
        "email:jane@example.com".to_owned(),
        "nothing".to_owned(),
    ]
    .iter()
    .enumerate()
    .map(|(n, name)| {
        accept(
            &world,
            &n.to_string(),
            &json!({ "fairleadidentifier": name }),
            1,
        )
    })
    .collect();
    assert_eq!(deliver(&world, &bodies), 0);
    let mut ids: Vec<Value> = entries(&world)
        .iter()
        .map(|row| row["id"].clone())
        .collect();
    ids.sort_by_key(Value::to_string);
    assert_eq!(ids, ["0", "1"]);
}

#[test]
fn what_is_about_nobody_stays_where_it_is() {
    let world = world(None);
    let bodies = [
        accept(&world, "1", &json!({ "subject": NOBODY }), 1),
        accept(&world, "2", &json!({ "subject": "order 4711" }), 1),
        accept(&world, "3", &json!({}), 1),
    ];
    assert_eq!(deliver(&world, &bodies), 0);
    assert_eq!(entries(&world), Vec::<Value>::new());
    assert!(
        world
            .rows("events")
            .iter()
            .all(|row| row.get("body").is_some())
    );
}

#[test]
fn a_member_keeps_what_comes_by_it_though_it_was_merged() {
    let world = world(Some("merged"));
    let body = accept(&world, "1", &json!({ "subject": JANE }), 1);
    assert_eq!(deliver(&world, &[body]), 0);
    assert_eq!(entries(&world).len(), 1);
}

#[test]
fn of_somebody_who_was_erased_nothing_is_written_and_what_the_event_says_is_removed() {
    let world = world(Some("erased"));
    let erased = json!({ "erased_at": "2026-01-01T09:00:00Z" });
    let external = ExternalId::new("harbour", "crm", "C-17").unwrap();
    point(&world, &Identifier::External(external), erased);
    let bodies = [
        accept(&world, "1", &json!({ "subject": JANE }), 1),
        accept(
            &world,
            "2",
            &json!({ "fairleadidentifier": "external:C-17" }),
            1,
        ),
        accept(&world, "3", &json!({ "subject": JANE }), 60_000),
    ];
    assert_eq!(world.objects("events").len(), 1);
    copy_all(&world);
    assert_eq!(deliver(&world, &bodies), 0);
    assert_eq!(entries(&world), Vec::<Value>::new());
    assert_eq!(world.objects("events").len(), 0);
    assert_eq!(world.objects("claims").len(), 0);
    let rows = world.rows("events");
    assert_eq!(rows.len(), 3);
    assert!(!json!(rows).to_string().contains("canary"));
    // What came for partners in between goes with the next announcement.
    copy_all(&world);
    assert_eq!(deliver(&world, &bodies), 0);
    assert_eq!(world.rows("events"), rows);
    assert_eq!(world.objects("claims").len(), 0);
}

#[test]
fn of_somebody_who_is_being_erased_it_waits() {
    let world = world(Some("erasing"));
    let body = accept(&world, "1", &json!({ "subject": JANE }), 1);
    assert_eq!(deliver(&world, std::slice::from_ref(&body)), 0);
    let row = world.rows("events")[0].clone();
    assert!(row.get("relay_shard").is_some());
    assert_eq!(row["relay_at"], "2026-01-15T09:15:00.000Z");
    assert!(row.get("body").is_some());
    assert_eq!(entries(&world), Vec::<Value>::new());
    world.advance(Duration::from_mins(1));
    world.put_row(
        "profiles",
        json!({ "profile_id": JANE, "part": "profile", "closed": "erased" }),
    );
    assert_eq!(deliver(&world, &[body]), 0);
    assert_eq!(world.rows("events")[0].get("body"), None);
}

#[test]
fn a_large_event_leaves_in_the_timeline_where_it_lies() {
    let world = world(None);
    let body = accept(&world, "1", &json!({ "subject": JANE }), 60_000);
    assert_eq!(deliver(&world, &[body]), 0);
    let entry = entries(&world)[0].clone();
    assert_eq!(entry.get("body"), None);
    assert_eq!(entry["body_key"], world.objects("events")[0].key.as_str());
}

#[test]
fn what_has_run_out_is_passed_over_and_what_announces_nothing_is_a_dead_letter() {
    let world = world(None);
    let gone = json!({ "detail": {
        "specversion": "1.0", "id": "1", "source": "/", "type": "t.v1", "time": "2026-01-01T09:00:00Z",
        "dataref": "fairlead:event:harbour#gone", "tenantid": "harbour", "partnerid": "crm",
        "correlationid": "request-1",
    }});
    assert_eq!(deliver(&world, &[gone.to_string()]), 0);
    assert_eq!(deliver(&world, &["{}".to_owned()]), 1);
}
