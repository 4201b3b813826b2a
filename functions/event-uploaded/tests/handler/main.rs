//! The handler on a simulated AWS: what is taken of what was uploaded, what is refused and why, and what is
//! kept of it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::{fmt::Write as _, time::Duration};

use bytes::Bytes;
use cloudevent::Limits;
use event_uploaded::{App, handle};
use http::Request;
use intake::Upload;
use lambda_kit::{
    aws::CallBudget,
    objects::{Announced, UploadLinker},
};
use serde_json::{Value, json, value::to_raw_value};
use sha2::{Digest as _, Sha256};
use testkit::{Call, Fault, World, tokens::Token};

const SCAN: &str = "com.example.scan.made.v1";
const ORDER: &str = "com.example.order.placed.v1";
const BUCKET: &str = "events";

/// A world in which the harbour takes orders that have a number, and scans that nobody looks into.
fn world() -> World {
    let world = World::new(1);
    for (kind, schema) in [
        (ORDER, json!({ "type": "object", "required": ["order"] })),
        (SCAN, json!({ "contentMediaType": "application/pdf" })),
    ] {
        takes(&world, kind, &schema);
    }
    let client = Token::client_row("harbour", "chandlery", "letters");
    world.put_row("directory", client);
    world
}

fn takes(world: &World, kind: &str, schema: &Value) {
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour", "part": format!("event-type#{kind}"), "revision": 1,
            "schema": schema.to_string(), "registered_by": "operator",
        }),
    );
}

/// An event whose data is `data`.
fn announced(kind: &str, media: &str, data: &[u8]) -> Value {
    let digest = Sha256::digest(data);
    let sha256 = digest.iter().fold(String::new(), |mut digits, byte| {
        _ = write!(digits, "{byte:02x}");
        digits
    });
    json!({
        "event": {
            "specversion": "1.0", "id": "1", "source": "/scanners/3", "type": kind,
            "time": "2026-01-15T08:59:00Z", "subject": "prf_01010101010171018101010101010101",
            "datacontenttype": media,
        },
        "bytes": data.len(),
        "sha256": sha256,
    })
}

fn scan(data: &[u8]) -> Value {
    announced(SCAN, "application/pdf", data)
}

fn order(data: &str) -> Value {
    announced(ORDER, "application/json", data.as_bytes())
}

fn read(world: &World, announced: &Value) -> Upload {
    let limits = Limits::at(world.clock().now());
    Upload::read(announced.to_string().as_bytes(), &limits).unwrap()
}

/// The sender uploads `data` by the link that it was given for it.
fn uploads(world: &World, announced: &Value, data: impl Into<Bytes>) {
    let upload = read(world, announced);
    let linker = UploadLinker::new(&world.sdk_config(&CallBudget::HTTP), BUCKET);
    let (checksum, now) = (upload.checksum(), world.clock().now());
    let body = Announced {
        content_type: upload.media_type(),
        bytes: upload.bytes(),
        sha256: &checksum,
    };
    let key = upload.key(&"harbour".parse().unwrap(), &"chandlery".parse().unwrap());
    let link = world.block_on(linker.link(&key, body, now, Duration::from_mins(15)));
    let link = link.unwrap();
    let mut request = Request::put(link.url.expose());
    for (name, value) in &link.headers {
        request = request.header(name, value);
    }
    let answer = world.engines().call(&request.body(data.into()).unwrap());
    assert_eq!(answer.status(), 200);
}

fn send_as(world: &World, token: &Token, id: &str, body: &Value) -> Value {
    let request = json!({
        "routeKey": "POST /v1/uploads/{upload_id}/complete",
        "pathParameters": { "upload_id": id },
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

fn complete(world: &World, announced: &Value) -> Value {
    let id = read(world, announced).id();
    send_as(world, &machine(world), &id, announced)
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

fn status(answer: &Value) -> (u64, String) {
    let body = body(answer);
    let status = answer["statusCode"].as_u64().unwrap();
    match body["type"].as_str() {
        Some(kind) => (status, kind.rsplit('/').next().unwrap().to_owned()),
        None => (
            status,
            body["events"][0]["status"].as_str().unwrap().to_owned(),
        ),
    }
}

fn is(answer: &Value, code: u64, name: &str) {
    assert_eq!(status(answer), (code, name.to_owned()), "{answer}");
}

#[test]
fn what_was_uploaded_becomes_an_event_once() {
    let world = world();
    let scan = scan(b"canary");
    is(&complete(&world, &scan), 409, "not-uploaded");
    assert!(world.rows("events").is_empty());
    uploads(&world, &scan, "canary");
    is(&complete(&world, &scan), 202, "accepted");
    is(&complete(&world, &scan), 202, "duplicate");
    let rows = world.rows("events");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["body_key"], world.objects(BUCKET)[0].key.as_str());
    assert_eq!(
        (&rows[0]["body_bytes"], &rows[0]["partner"]),
        (&json!(6), &json!("chandlery"))
    );
    assert_eq!(rows[0].get("body"), None);
    let envelope: Value = serde_json::from_str(rows[0]["envelope"].as_str().unwrap()).unwrap();
    assert_eq!(envelope, scan["event"]);
    // As any other event: the bus is told of it.
    assert!(rows[0].get("relay_shard").is_some());
    assert!(world.rows("quarantine").is_empty());
}

#[test]
fn data_into_which_nobody_looks_is_not_read_however_large_it_is() {
    let world = world();
    let data = vec![7_u8; 3_000_000];
    let scan = scan(&data);
    uploads(&world, &scan, data);
    let before = world.trace().len();
    is(&complete(&world, &scan), 202, "accepted");
    let calls = world.trace().split_off(before);
    let calls = calls
        .iter()
        .filter(|traced| traced.call.service == testkit::Service::S3);
    let calls: Vec<&str> = calls.map(|traced| traced.call.operation.as_str()).collect();
    assert_eq!(calls, ["HeadObject"]);
}

#[test]
fn json_is_held_to_its_schema_and_what_is_refused_is_kept_for_its_sender() {
    let world = world();
    for (data, kind, field) in [
        ("{\"canary\":1}", "schema-violation", "/data"),
        ("{\"order\":1,\"order\":2}", "invalid-event", "/data/order"),
        ("canary", "invalid-event", "/data"),
    ] {
        let order = order(data);
        uploads(&world, &order, data);
        let answer = complete(&world, &order);
        is(&answer, 400, kind);
        assert_eq!(body(&answer)["field"], field);
        assert!(!answer.to_string().contains("canary"), "{answer}");
        // Sent again it is answered the same, and is one refused event.
        is(&complete(&world, &order), 400, kind);
    }
    assert!(world.rows("events").is_empty());
    let refused = world.rows("quarantine");
    assert_eq!(refused.len(), 3);
    for row in &refused {
        assert_eq!(
            (&row["sender"], &row["event_id"]),
            (&json!("harbour#chandlery"), &json!("1"))
        );
        assert_eq!(row["surface"], "uploads");
        // What announced it, and nothing of the data.
        let raw: Value = serde_json::from_str(row["raw"].as_str().unwrap()).unwrap();
        assert_eq!(raw["event"]["id"], "1");
        assert!(!row.to_string().contains("canary"), "{row}");
    }
    let order = order("{\"order\":\"4711\"}");
    uploads(&world, &order, "{\"order\":\"4711\"}");
    is(&complete(&world, &order), 202, "accepted");
}

#[test]
fn json_of_more_values_than_memory_holds_is_refused() {
    let world = world();
    takes(&world, ORDER, &json!({}));
    let data = format!("[{}0]", "0,".repeat(300_000));
    let order = order(&data);
    uploads(&world, &order, data);
    is(&complete(&world, &order), 413, "event-too-large");
    assert_eq!(world.rows("quarantine").len(), 1);
}

#[test]
fn another_event_under_the_id_is_refused_and_the_first_stays() {
    let world = world();
    let first = scan(b"one");
    uploads(&world, &first, "one");
    is(&complete(&world, &first), 202, "accepted");
    let other = scan(b"two");
    uploads(&world, &other, "two");
    is(&complete(&world, &other), 409, "event-id-taken");
    assert_eq!(world.rows("quarantine").len(), 1);
    is(&complete(&world, &first), 202, "duplicate");
    assert_eq!(world.rows("events").len(), 1);
}

#[test]
fn of_what_was_accepted_nothing_has_to_be_there_any_more() {
    let world = world();
    let scan = scan(b"canary");
    uploads(&world, &scan, "canary");
    is(&complete(&world, &scan), 202, "accepted");
    // Whom it was about was erased meanwhile.
    let mut row = world.rows("events")[0].clone();
    for gone in ["envelope", "body_key", "body_bucket", "body_bytes"] {
        row.as_object_mut().unwrap().remove(gone);
    }
    world.put_row("events", row);
    is(&complete(&world, &scan), 202, "duplicate");
}

#[test]
fn only_what_was_announced_is_completed() {
    let world = world();
    let scan = scan(b"canary");
    uploads(&world, &scan, "canary");
    let id = read(&world, &scan).id();
    let mut other = scan.clone();
    other["event"]["subject"] = "prf_02020202020272028202020202020202".into();
    let token = machine(&world);
    is(&send_as(&world, &token, &id, &other), 404, "no-such-upload");
    is(
        &send_as(&world, &token, "upl_1", &scan),
        404,
        "no-such-upload",
    );
    // Of another partner nothing was uploaded.
    let client = Token::client_row("harbour", "crm", "letters");
    world.put_row("directory", client);
    let now = world.clock().now();
    let crm = Token::machine(now, "harbour", "crm", "letters").scope("fairlead/events.write");
    is(&send_as(&world, &crm, &id, &scan), 409, "not-uploaded");
    assert!(world.rows("events").is_empty());
}

#[test]
fn a_type_that_was_taken_back_meanwhile_takes_nothing() {
    let world = world();
    let scan = scan(b"canary");
    uploads(&world, &scan, "canary");
    takes(&world, SCAN, &json!({ "type": "object" }));
    is(&complete(&world, &scan), 400, "schema-violation");
    takes(
        &world,
        SCAN,
        &json!({ "contentMediaType": "application/pdf" }),
    );
    is(&complete(&world, &scan), 202, "accepted");
}

#[test]
fn while_anything_is_down_the_sender_is_asked_to_come_again() {
    for down in ["directory", "events", "events-object"] {
        let world = world();
        let scan = scan(b"canary");
        uploads(&world, &scan, "canary");
        world
            .faults()
            .always(Fault::Unavailable, move |call: &Call| {
                let subject = call.subject();
                match down {
                    "events-object" => call.operation == "HeadObject",
                    table => {
                        call.service == testkit::Service::DynamoDb && subject.starts_with(table)
                    }
                }
            });
        is(&complete(&world, &scan), 503, "unavailable");
        world.faults().heal();
        is(&complete(&world, &scan), 202, "accepted");
        assert!(world.rows("quarantine").is_empty(), "{down}");
    }
}

#[test]
fn nobody_but_a_machine_that_the_directory_knows_and_that_has_the_scope_is_let_in() {
    let world = world();
    let now = world.clock().now();
    let scan = scan(b"canary");
    let id = read(&world, &scan).id();
    let of = |partner| Token::machine(now, "harbour", partner, "letters");
    let person = Token::person(now, "prf_01010101010171018101010101010101");
    for (token, code, name) in [
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
        is(&send_as(&world, &token, &id, &scan), code, name);
    }
}
