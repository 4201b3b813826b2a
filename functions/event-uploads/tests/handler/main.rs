//! The handler on a simulated AWS: who is given a link for what, and what the link takes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::{fmt::Write as _, time::Duration};

use bytes::Bytes;
use event_uploads::{App, handle};
use http::{Request, Response};
use intake::{EventItem, Upload};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use sha2::{Digest as _, Sha256};
use testkit::{Call, Fault, Service, World, tokens::Token};

const SCAN: &str = "com.example.scan.made.v1";
const ORDER: &str = "com.example.order.placed.v1";
const BUCKET: &str = "events";
const DATA: &str = "a scan of many pages";

/// A world in which the harbour takes orders that have a number, and scans that nobody looks into.
fn world() -> World {
    let world = World::new(1);
    for (kind, schema) in [
        (ORDER, json!({ "type": "object", "required": ["order"] })),
        (SCAN, json!({ "contentMediaType": "application/pdf" })),
    ] {
        world.put_row(
            "directory",
            json!({
                "tenant": "harbour", "part": format!("event-type#{kind}"), "revision": 1,
                "schema": schema.to_string(), "registered_by": "operator",
            }),
        );
    }
    let client = Token::client_row("harbour", "chandlery", "letters");
    world.put_row("directory", client);
    world
}

fn sha256(data: &str) -> String {
    let digest = Sha256::digest(data);
    digest.iter().fold(String::new(), |mut digits, byte| {
        _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// That a scan with `data` is to be uploaded.
fn scan(data: &str) -> Value {
    json!({
        "event": {
            "specversion": "1.0", "id": "1", "source": "/scanners/3", "type": SCAN,
            "subject": "canary", "datacontenttype": "application/pdf",
        },
        "bytes": data.len(),
        "sha256": sha256(data),
    })
}

fn send_as(world: &World, token: &Token, body: &Value) -> Value {
    let request = json!({
        "routeKey": "POST /v1/uploads",
        "headers": { "authorization": token.bearer(), "content-type": "application/json" },
        "body": body.to_string(),
        "requestContext": { "requestId": "request-1" },
    });
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&request).unwrap();
    let answer = handle(&app, &event, world.invocation(Duration::from_secs(10)));
    serde_json::to_value(world.block_on(answer).unwrap()).unwrap()
}

fn machine(world: &World) -> Token {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    token.scope("fairlead/events.write")
}

fn send(world: &World, body: &Value) -> Value {
    send_as(world, &machine(world), body)
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

fn problem(answer: &Value) -> (u64, String) {
    let kind = body(answer)["type"].as_str().unwrap().to_owned();
    let name = kind.rsplit('/').next().unwrap().to_owned();
    (answer["statusCode"].as_u64().unwrap(), name)
}

/// The sender does what it was told.
fn put(world: &World, answer: &Value, data: &'static str) -> Response<Bytes> {
    let put = &body(answer)["put"];
    let mut request = Request::put(put["url"].as_str().unwrap());
    for (name, value) in put["headers"].as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    let request = request.body(Bytes::from_static(data.as_bytes()));
    world.engines().call(&request.unwrap())
}

#[test]
fn a_sender_is_told_where_to_put_exactly_the_data_that_it_announced() {
    let world = world();
    let answer = send(&world, &scan(DATA));
    assert_eq!(answer["statusCode"], 201, "{answer}");
    let told = body(&answer);
    assert_eq!(told["status"], "waiting");
    assert_eq!(told["put"]["expires_at"], "2026-01-15T09:15:00Z");
    assert_eq!(
        told["put"]["headers"]["content-length"],
        DATA.len().to_string()
    );
    assert_eq!(told["put"]["headers"]["content-type"], "application/pdf");
    assert_eq!(put(&world, &answer, "a scan of other page").status(), 400);
    assert_eq!(put(&world, &answer, DATA).status(), 200);
    assert_eq!(put(&world, &answer, DATA).status(), 412);
    let objects = world.objects(BUCKET);
    assert_eq!((objects.len(), &objects[0].body[..]), (1, DATA.as_bytes()));
    let (id, key) = (told["upload_id"].as_str().unwrap(), &objects[0].key);
    assert!(key.starts_with("events/harbour/"), "{key}");
    assert!(key.ends_with(id.strip_prefix("upl_").unwrap()), "{key}");
}

#[test]
fn nothing_is_kept_of_what_is_only_announced_and_asking_again_is_answered_the_same() {
    let world = world();
    let first = send(&world, &scan(DATA));
    let again = send(&world, &scan(DATA));
    // A link is signed anew; all else that it is answered by is the same.
    let told = |answer: &Value| {
        let mut told = body(answer);
        told["put"]["url"].take();
        told
    };
    assert_eq!(told(&first), told(&again));
    assert!(world.objects(BUCKET).is_empty());
    assert!(world.rows("events").is_empty() && world.rows("quarantine").is_empty());
}

#[test]
fn a_link_holds_for_fifteen_minutes() {
    let world = world();
    let answer = send(&world, &scan(DATA));
    world.advance(Duration::from_mins(15));
    assert_eq!(put(&world, &answer, DATA).status(), 403);
}

#[test]
fn what_its_type_does_not_take_is_refused_before_anything_is_uploaded() {
    let world = world();
    let with = |place: &str, value: Value| {
        let mut announced = scan(DATA);
        *announced.pointer_mut(place).unwrap() = value;
        announced
    };
    let mut large = with("/event/type", ORDER.into());
    large["event"]["datacontenttype"] = "application/json".into();
    large["bytes"] = (10 * 1024 * 1024 + 1).into();
    for (announced, status, name) in [
        (
            with("/event/type", "com.example.nothing.v1".into()),
            400,
            "unknown-event-type",
        ),
        (with("/event/type", ORDER.into()), 400, "schema-violation"),
        (
            with("/event/datacontenttype", "image/png".into()),
            400,
            "schema-violation",
        ),
        (with("/event/id", "".into()), 400, "invalid-event"),
        (with("/bytes", 0.into()), 400, "invalid-field"),
        (
            with("/bytes", 2_000_000_001_u64.into()),
            413,
            "event-too-large",
        ),
        (with("/sha256", "e3".into()), 400, "invalid-field"),
        (large, 413, "event-too-large"),
        (json!([]), 400, "malformed-body"),
        (
            json!({ "event": "x".repeat(70_000) }),
            413,
            "body-too-large",
        ),
    ] {
        let answer = send(&world, &announced);
        assert_eq!(problem(&answer), (status, name.to_owned()));
        assert!(!answer.to_string().contains("canary"), "{answer}");
    }
}

#[test]
fn json_of_a_type_with_a_schema_may_be_uploaded_too() {
    let world = world();
    let mut order = scan("{\"order\":\"4711\"}");
    order["event"]["type"] = ORDER.into();
    order["event"]["datacontenttype"] = Value::Null;
    let answer = send(&world, &order);
    assert_eq!(
        body(&answer)["put"]["headers"]["content-type"],
        "application/json"
    );
}

#[test]
fn for_what_is_kept_already_there_is_no_link() {
    let world = world();
    let now = world.clock().now();
    let limits = cloudevent::Limits::at(now);
    let upload = Upload::read(scan(DATA).to_string().as_bytes(), &limits).unwrap();
    let whose = (&"harbour".parse().unwrap(), &"chandlery".parse().unwrap());
    let item = EventItem::uploaded(&upload, whose, "request-0", BUCKET, now);
    world.put_row("events", serde_json::to_value(item).unwrap());
    let answer = send(&world, &scan(DATA));
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let expected = json!({ "upload_id": upload.id(), "status": "duplicate" });
    assert_eq!(body(&answer), expected);
    let other = send(&world, &scan("a scan of other pages"));
    assert_eq!(problem(&other), (409, "event-id-taken".to_owned()));
}

#[test]
fn nobody_but_a_machine_that_the_directory_knows_and_that_has_the_scope_is_given_a_link() {
    let world = world();
    let now = world.clock().now();
    let of = |partner| Token::machine(now, "harbour", partner, "letters");
    let person = Token::person(now, "prf_01010101010171018101010101010101");
    for (token, status, name) in [
        (
            of("chandlery").scope("fairlead/profile.read"),
            403,
            "scope-missing",
        ),
        (
            of("crm").scope("fairlead/events.write"),
            401,
            "token-invalid",
        ),
        (
            person.scope("fairlead/events.write"),
            403,
            "wrong-principal",
        ),
    ] {
        let answer = send_as(&world, &token, &scan(DATA));
        assert_eq!(problem(&answer), (status, name.to_owned()));
    }
}

#[test]
fn while_the_directory_is_down_a_type_is_not_unknown() {
    let world = world();
    let is_a_table = |call: &Call| call.service == Service::DynamoDb;
    world.faults().always(Fault::Unavailable, is_a_table);
    let answer = send(&world, &scan(DATA));
    assert_eq!(problem(&answer), (503, "unavailable".to_owned()));
}
