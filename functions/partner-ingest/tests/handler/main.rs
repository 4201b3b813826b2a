//! The handler on a simulated AWS: what is taken, what is refused and why, and what is kept of it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod refusals;

use std::{io::Write as _, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use flate2::{Compression, write::GzEncoder};
use lambda_kit::aws::CallBudget;
use partner_ingest::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Call, Fault, World, tokens::Token};

const KIND: &str = "com.example.order.placed.v1";
const BATCH: &str = "application/cloudevents-batch+json";
const ONE: &str = "application/cloudevents+json";

/// A world in which the harbour takes orders.
fn world() -> World {
    let world = World::new(1);
    let schema = json!({
        "type": "object",
        "properties": { "order": { "type": "string" }, "note": { "type": "string" } },
        "required": ["order"],
    });
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour", "part": format!("event-type#{KIND}"), "revision": 1,
            "schema": schema.to_string(), "registered_by": "operator",
        }),
    );
    let client = Token::client_row("harbour", "chandlery", "letters");
    world.put_row("directory", client);
    world
}

fn order(id: &str) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "/shops/17", "type": KIND,
        "time": "2026-01-15T08:59:00Z", "data": { "order": "4711" },
    })
}

/// The request of the chandlery's machine.
fn request(world: &World, content_type: &str, body: &str) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    json!({
        "routeKey": "POST /v1/events",
        "headers": {
            "authorization": token.scope("fairlead/events.write").bearer(),
            "content-type": content_type,
        },
        "body": body,
        "requestContext": { "requestId": "request-1" },
    })
}

fn send(world: &World, request: &Value) -> Value {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(request).unwrap();
    let answer = handle(&app, &event, world.invocation(Duration::from_secs(10)));
    serde_json::to_value(world.block_on(answer).unwrap()).unwrap()
}

fn post(world: &World, content_type: &str, body: &Value) -> Value {
    send(world, &request(world, content_type, &body.to_string()))
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

/// What became of each event, or why it is refused.
fn told(answer: &Value) -> Vec<String> {
    let body = body(answer);
    let events = body["events"].as_array().unwrap().iter();
    let told = events.map(|event| match event["problem"]["type"].as_str() {
        Some(kind) => kind.rsplit('/').next().unwrap().to_owned(),
        None => event["status"].as_str().unwrap().to_owned(),
    });
    told.collect()
}

fn problem(answer: &Value) -> (u64, String) {
    let kind = body(answer)["type"].as_str().unwrap().to_owned();
    let name = kind.rsplit('/').next().unwrap().to_owned();
    (answer["statusCode"].as_u64().unwrap(), name)
}

#[test]
fn an_event_is_kept_before_it_is_answered_and_sent_again_it_is_a_duplicate() {
    let world = world();
    let first = post(&world, ONE, &order("1"));
    assert_eq!(first["statusCode"], 202, "{first}");
    assert_eq!(told(&first), ["accepted"]);
    let rows = world.rows("events");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["tenant"], "harbour");
    assert_eq!(rows[0]["partner"], "chandlery");
    assert_eq!(rows[0]["request_id"], "request-1");
    let kept: Value = serde_json::from_str(rows[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(kept["data"], json!({ "order": "4711" }));
    let again = post(&world, ONE, &order("1"));
    assert_eq!(again["statusCode"], 202, "{again}");
    assert_eq!(told(&again), ["duplicate"]);
    assert_eq!(world.rows("events"), rows);
}

#[test]
fn the_modes_of_the_binding_are_one_event() {
    let world = world();
    post(&world, ONE, &order("1"));
    let mut binary = request(&world, "application/json", r#"{ "order": "4711" }"#);
    for (name, value) in [
        ("ce-specversion", "1.0"),
        ("ce-id", "1"),
        ("ce-source", "/shops/17"),
        ("ce-type", KIND),
        ("ce-time", "2026-01-15T08:59:00Z"),
    ] {
        binary["headers"][name] = value.into();
    }
    assert_eq!(told(&send(&world, &binary)), ["duplicate"]);
    let batch = json!([order("1"), order("2")]);
    assert_eq!(
        told(&post(&world, BATCH, &batch)),
        ["duplicate", "accepted"]
    );
}

#[test]
fn a_packed_body_is_unpacked() {
    let world = world();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(json!([order("1")]).to_string().as_bytes())
        .unwrap();
    let packed = BASE64_STANDARD.encode(encoder.finish().unwrap());
    let mut request = request(&world, BATCH, &packed);
    request["isBase64Encoded"] = true.into();
    request["headers"]["content-encoding"] = "gzip".into();
    assert_eq!(told(&send(&world, &request)), ["accepted"]);
}

#[test]
fn of_a_batch_each_event_is_judged_by_itself() {
    let world = world();
    let with = |name: &str, value: Value| {
        let mut event = order("x");
        event[name] = value;
        event
    };
    post(&world, ONE, &order("x"));
    let batch = json!([
        order("1"),
        with("id", "".into()),
        with("type", "com.example.unheard-of.v1".into()),
        with("type", "dev.fairlead.profile.updated.v1".into()),
        with("data", json!({ "orders": 1 })),
        with("data", json!({ "order": "another" })),
        with("time", "2026-02-15T09:00:00Z".into()),
        "no event",
        order("2"),
    ]);
    let answer = post(&world, BATCH, &batch);
    assert_eq!(answer["statusCode"], 202, "{answer}");
    assert_eq!(
        told(&answer),
        [
            "accepted",
            "invalid-event",
            "unknown-event-type",
            "reserved-name",
            "schema-violation",
            "event-id-taken",
            "invalid-event",
            "invalid-event",
            "accepted",
        ]
    );
    let events = body(&answer)["events"].clone();
    assert_eq!(events[4]["problem"]["field"], "/data");
    assert_eq!(events[6]["problem"]["field"], "/time");
    assert_eq!(world.rows("events").len(), 3);
}

#[test]
fn a_batch_counts_one_for_each_hundred_of_its_events() {
    let world = world();
    let batch: Value = (0..101).map(|n| order(&n.to_string())).collect();
    let answer = post(&world, BATCH, &batch);
    assert_eq!(answer["headers"]["ratelimit"], r#""partner";r=2998;t=60"#);
}

#[test]
fn an_event_that_no_row_holds_lies_in_the_bucket_and_once() {
    let world = world();
    let mut large = order("1");
    large["data"]["note"] = "x".repeat(310 * 1024).into();
    assert_eq!(told(&post(&world, ONE, &large)), ["accepted"]);
    let rows = world.rows("events");
    assert_eq!(rows[0].get("body"), None);
    let objects = world.objects("events");
    assert_eq!(objects.len(), 1);
    assert_eq!(rows[0]["body_key"], objects[0].key.as_str());
    assert_eq!(told(&post(&world, ONE, &large)), ["duplicate"]);
    large["data"]["order"] = "another".into();
    assert_eq!(
        problem(&post(&world, ONE, &large)),
        (409, "event-id-taken".to_owned())
    );
    let mut keys: Vec<String> = Vec::new();
    keys.extend(world.objects("events").into_iter().map(|object| object.key));
    keys.retain(|key| key.starts_with("events/"));
    assert_eq!(keys.len(), 1, "{keys:?}");
}

#[test]
fn partners_are_not_in_the_way_of_each_other() {
    let world = world();
    post(&world, ONE, &order("1"));
    let mut other = order("1");
    other["data"] = json!({ "order": "another" });
    let mut request = request(&world, ONE, &other.to_string());
    let token = Token::machine(world.clock().now(), "harbour", "shop", "letters");
    let client = Token::client_row("harbour", "shop", "letters");
    world.put_row("directory", client);
    request["headers"]["authorization"] = token.scope("fairlead/events.write").bearer().into();
    assert_eq!(told(&send(&world, &request)), ["accepted"]);
}

#[test]
fn a_type_of_another_tenant_is_unknown() {
    let world = world();
    let mut request = request(&world, ONE, &order("1").to_string());
    let token = Token::machine(world.clock().now(), "quay", "chandlery", "letters");
    let client = Token::client_row("quay", "chandlery", "letters");
    world.put_row("directory", client);
    request["headers"]["authorization"] = token.scope("fairlead/events.write").bearer().into();
    assert_eq!(
        problem(&send(&world, &request)),
        (400, "unknown-event-type".to_owned())
    );
}

#[test]
fn nobody_but_a_machine_that_the_directory_knows_and_that_has_the_scope_is_let_in() {
    let world = world();
    let now = world.clock().now();
    let machine = |partner| Token::machine(now, "harbour", partner, "letters");
    let reading = machine("chandlery").scope("fairlead/profile.read");
    let unknown = machine("crm").scope("fairlead/events.write");
    let person = Token::person(now, "prf_01010101010171018101010101010101");
    let person = person.scope("fairlead/events.write");
    for (token, status, name) in [
        (reading, 403, "scope-missing"),
        (unknown, 401, "token-invalid"),
        (person, 403, "wrong-principal"),
    ] {
        let mut request = request(&world, ONE, &order("1").to_string());
        request["headers"]["authorization"] = token.bearer().into();
        assert_eq!(problem(&send(&world, &request)), (status, name.to_owned()));
    }
    assert!(world.rows("events").is_empty());
}

#[test]
fn while_the_table_is_down_the_sender_is_asked_to_come_again_and_nothing_is_taken_twice() {
    let world = world();
    let batch: Value = (0..100).map(|n| order(&n.to_string())).collect();
    world.faults().always(Fault::Unavailable, |call: &Call| {
        call.is_table_write() && call.subject().contains("events")
    });
    let answer = post(&world, BATCH, &batch);
    assert_eq!(problem(&answer), (503, "unavailable".to_owned()));
    assert_eq!(answer["headers"]["retry-after"], "5");
    world.faults().heal();
    assert_eq!(told(&post(&world, BATCH, &batch)), vec!["accepted"; 100]);
    assert_eq!(told(&post(&world, BATCH, &batch)), vec!["duplicate"; 100]);
    assert_eq!(world.rows("events").len(), 100);
}

#[test]
fn what_has_run_out_makes_room_for_another_event() {
    let world = world();
    post(&world, ONE, &order("1"));
    // A week is as long as the world waits at once.
    for _ in 0..3 {
        world.advance(Duration::from_hours(6 * 24));
    }
    let mut other = order("1");
    other["data"] = json!({ "order": "another" });
    assert_eq!(told(&post(&world, ONE, &other)), ["accepted"]);
    assert_eq!(world.rows("events").len(), 1);
}
