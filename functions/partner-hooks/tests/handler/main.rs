//! The handler on a simulated AWS: which signatures are taken, what is kept of a message, and that
//! whoever can't sign learns nothing.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::aws::CallBudget;
use partner_hooks::{App, handle};
use rstest::rstest;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Call, Fault, Service, World, engine::HOOK_SECRETS};
use webhook::{Signer, SigningKey, sign};

const KIND: &str = "com.example.order.placed.v1";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEXT: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const SIGNING_KEY: &str = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";

/// A world in which the chandlery's system `orders` may send orders.
fn world() -> World {
    let world = World::new(1);
    for row in [
        json!({ "tenant": "harbour", "part": "partner#chandlery", "display_name": "The Chandlery" }),
        json!({
            "tenant": "harbour", "part": format!("event-type#{KIND}"), "revision": 1,
            "schema": r#"{"type":"object","required":["order"]}"#,
        }),
        json!({
            "tenant": "harbour", "part": "hook#chandlery/orders", "external_id": "/data/customer",
        }),
        json!({ "tenant": "harbour", "part": "hook#chandlery/silent" }),
        json!({ "tenant": "harbour", "part": "hook#chandlery/former", "state": "disabled" }),
        json!({ "tenant": "harbour", "part": "hook#nobody/orders" }),
    ] {
        world.put_row("directory", row);
    }
    for name in [
        "chandlery/orders",
        "chandlery/former",
        "nobody/orders",
        "chandlery/unlisted",
    ] {
        put_secret(&world, name, SECRET);
    }
    world
}

fn put_secret(world: &World, name: &str, value: &str) {
    let name = format!("{HOOK_SECRETS}/harbour/{name}");
    world.engines().put_secret(&name, value);
}

fn order() -> Value {
    json!({
        "type": KIND, "timestamp": "2026-01-15T08:59:00Z",
        "data": { "order": "4711", "customer": "C-17" },
    })
}

fn signer(secret: &str) -> Signer {
    Signer::Secret(secret.parse().unwrap())
}

/// A request that is signed at `at`.
fn signed_at(at: Timestamp, by: Signer, id: &str, body: &str) -> Value {
    let signed = sign(&[by], id, at, body.as_bytes()).unwrap();
    let mut headers = json!({ "content-type": "application/json" });
    for (name, value) in signed.headers() {
        headers[name] = value.into();
    }
    json!({
        "routeKey": "POST /v1/hooks/{partner}/{source}",
        "pathParameters": { "partner": "harbour.chandlery", "source": "orders" },
        "headers": headers,
        "body": body,
        "requestContext": { "requestId": "request-1" },
    })
}

fn request(world: &World, id: &str, body: &Value) -> Value {
    signed_at(world.clock().now(), signer(SECRET), id, &body.to_string())
}

fn app(world: &World) -> App {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap()
}

fn send_to(world: &World, app: &App, request: &Value) -> Value {
    let event = to_raw_value(request).unwrap();
    let answer = handle(app, &event, world.invocation(Duration::from_secs(10)));
    serde_json::to_value(world.block_on(answer).unwrap()).unwrap()
}

fn send(world: &World, request: &Value) -> Value {
    send_to(world, &app(world), request)
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

/// What became of the one event.
fn status(answer: &Value) -> String {
    assert_eq!(answer["statusCode"], 202, "{answer}");
    body(answer)["events"][0]["status"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn problem(answer: &Value) -> (u64, String) {
    let kind = body(answer)["type"].as_str().unwrap().to_owned();
    let name = kind.rsplit('/').next().unwrap().to_owned();
    (answer["statusCode"].as_u64().unwrap(), name)
}

fn assert_unsigned(answer: &Value) {
    assert_eq!(problem(answer), (401, "signature-invalid".to_owned()));
}

/// How often a secret was asked for: each time in both of its stages.
fn asked(world: &World) -> usize {
    let calls = world.trace().into_iter();
    calls
        .filter(|traced| traced.call.service == Service::SecretsManager)
        .count()
}

#[test]
fn a_signed_message_is_an_event_once_however_often_it_is_sent() {
    let world = world();
    assert_eq!(
        status(&send(&world, &request(&world, "msg_1", &order()))),
        "accepted"
    );
    let rows = world.rows("events");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["id"], "msg_1");
    assert_eq!(rows[0]["source"], "/hooks/orders");
    assert_eq!(rows[0]["type"], KIND);
    assert_eq!(rows[0]["time"], "2026-01-15T08:59:00Z");
    assert_eq!(rows[0]["partner"], "chandlery");
    let kept: Value = serde_json::from_str(rows[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(kept["data"], order()["data"]);
    assert_eq!(kept["fairleadidentifier"], "external:C-17");
    // Its sender signs it anew whenever it sends it.
    world.advance(Duration::from_mins(10));
    assert_eq!(
        status(&send(&world, &request(&world, "msg_1", &order()))),
        "duplicate"
    );
    assert_eq!(world.rows("events"), rows);
    let mut other = order();
    other["data"]["order"] = "4712".into();
    let answer = send(&world, &request(&world, "msg_1", &other));
    assert_eq!(problem(&answer), (409, "event-id-taken".to_owned()));
}

#[test]
fn the_body_is_checked_as_it_came_byte_for_byte() {
    let world = world();
    let text = format!(" {}\n", serde_json::to_string_pretty(&order()).unwrap());
    let mut request = signed_at(world.clock().now(), signer(SECRET), "msg_1", &text);
    request["body"] = BASE64_STANDARD.encode(&text).into();
    request["isBase64Encoded"] = true.into();
    assert_eq!(status(&send(&world, &request)), "accepted");
    request["body"] = BASE64_STANDARD.encode(text.trim()).into();
    assert_unsigned(&send(&world, &request));
}

#[rstest]
#[case(-301, false)]
#[case(-299, true)]
#[case(299, true)]
#[case(301, false)]
fn a_clock_may_be_off_by_five_minutes(#[case] seconds: i64, #[case] is_taken: bool) {
    let world = world();
    let at = world.clock().now() + SignedDuration::from_secs(seconds);
    let request = signed_at(at, signer(SECRET), "msg_1", &order().to_string());
    let answer = send(&world, &request);
    if is_taken {
        assert_eq!(status(&answer), "accepted");
    } else {
        assert_unsigned(&answer);
    }
}

#[test]
fn whoever_can_not_sign_learns_nothing_of_which_hooks_there_are() {
    let world = world();
    let right = request(&world, "msg_1", &order());
    let mut answers = Vec::new();
    let to = |partner: &str, source: &str| {
        let mut request = right.clone();
        request["pathParameters"] = json!({ "partner": partner, "source": source });
        request
    };
    let without = |header: &str| {
        let mut request = right.clone();
        request["headers"].as_object_mut().unwrap().remove(header);
        request
    };
    let mut changed = right.clone();
    changed["body"] = "{}".into();
    for request in [
        changed,
        without("webhook-id"),
        without("webhook-timestamp"),
        without("webhook-signature"),
        signed_at(
            world.clock().now(),
            signer(NEXT),
            "msg_1",
            &order().to_string(),
        ),
        // There is a hook that is disabled, one without a secret, a secret without a hook, a hook without a partner.
        to("harbour.chandlery", "former"),
        to("harbour.chandlery", "silent"),
        to("harbour.chandlery", "unlisted"),
        to("harbour.nobody", "orders"),
        to("quay.chandlery", "orders"),
        to("chandlery", "orders"),
        to("harbour.chandlery", "no name"),
        to("", ""),
    ] {
        let answer = send(&world, &request);
        assert_unsigned(&answer);
        answers.push(answer);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert!(world.rows("events").is_empty() && world.rows("quarantine").is_empty());
}

#[test]
fn after_a_rotation_both_secrets_serve_and_the_new_one_at_once() {
    let world = world();
    let app = app(&world);
    let post = |secret: &str, id: &str| {
        let now = world.clock().now();
        let request = signed_at(now, signer(secret), id, &order().to_string());
        send_to(&world, &app, &request)
    };
    assert_eq!(status(&post(SECRET, "msg_1")), "accepted");
    assert_unsigned(&post(NEXT, "msg_2"));
    put_secret(&world, "chandlery/orders", NEXT);
    world.advance(Duration::from_secs(31));
    assert_eq!(status(&post(NEXT, "msg_2")), "accepted");
    assert_eq!(status(&post(SECRET, "msg_3")), "accepted");
    put_secret(
        &world,
        "chandlery/orders",
        "whsec_b25lIHRoYXQgbm9ib2R5IHVzZXM=",
    );
    world.advance(Duration::from_mins(6));
    assert_unsigned(&post(SECRET, "msg_4"));
    assert_eq!(status(&post(NEXT, "msg_4")), "accepted");
}

#[test]
fn secrets_are_asked_for_every_five_minutes_and_a_stranger_makes_few_calls_more() {
    let world = world();
    let app = app(&world);
    let post = |secret: &str| {
        let now = world.clock().now();
        let request = signed_at(now, signer(secret), "msg_1", &order().to_string());
        send_to(&world, &app, &request)
    };
    for _ in 0..5 {
        post(SECRET);
    }
    assert_eq!(asked(&world), 2);
    for _ in 0..50 {
        assert_unsigned(&post(NEXT));
    }
    assert_eq!(asked(&world), 2);
    world.advance(Duration::from_secs(31));
    for _ in 0..50 {
        assert_unsigned(&post(NEXT));
    }
    assert_eq!(asked(&world), 4);
    world.advance(Duration::from_mins(5));
    post(SECRET);
    assert_eq!(asked(&world), 6);
}

#[test]
fn several_keys_may_stand_in_one_secret_and_a_public_key_is_one() {
    let world = world();
    let key: SigningKey = SIGNING_KEY.parse().unwrap();
    let keys = format!("{NEXT} {}\nnone", key.public_key());
    put_secret(&world, "chandlery/orders", &keys);
    for (n, signer) in [signer(NEXT), Signer::Key(key), signer(SECRET)]
        .into_iter()
        .enumerate()
    {
        let id = format!("msg_{n}");
        let request = signed_at(world.clock().now(), signer, &id, &order().to_string());
        assert_eq!(status(&send(&world, &request)), "accepted");
    }
}

#[rstest]
#[case(json!([]), "invalid-event", None)]
#[case(json!({ "data": {} }), "invalid-event", Some("/type"))]
#[case(json!({ "type": "dev.fairlead.a.v1" }), "reserved-name", Some("/type"))]
#[case(json!({ "type": "com.example.unheard-of.v1" }), "unknown-event-type", Some("/type"))]
#[case(json!({ "type": KIND, "data": {} }), "schema-violation", Some("/data"))]
#[case(json!({ "type": KIND, "timestamp": "now" }), "invalid-event", Some("/timestamp"))]
#[case(json!({ "type": KIND, "timestamp": "2026-02-15T09:00:00Z" }), "invalid-event", Some("/timestamp"))]
fn what_is_refused_is_told_and_kept_for_its_sender(
    #[case] message: Value,
    #[case] name: &str,
    #[case] field: Option<&str>,
) {
    let world = world();
    for _ in 0..2 {
        let answer = send(&world, &request(&world, "msg_1", &message));
        assert_eq!(problem(&answer), (400, name.to_owned()));
        assert_eq!(body(&answer).get("field").and_then(Value::as_str), field);
    }
    assert!(world.rows("events").is_empty());
    let rows = world.rows("quarantine");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["event_id"], "msg_1");
}

#[test]
fn two_messages_with_one_body_are_two_refused_events() {
    let world = world();
    for id in ["msg_1", "msg_2"] {
        send(&world, &request(&world, id, &json!([])));
    }
    assert_eq!(world.rows("quarantine").len(), 2);
}

#[test]
fn a_signed_body_that_can_not_be_unpacked_is_kept_as_it_came() {
    let world = world();
    let body = "\u{1f}\u{8b}no gzip";
    let mut request = signed_at(world.clock().now(), signer(SECRET), "msg_1", body);
    request["headers"]["content-encoding"] = "deflate".into();
    let answer = send(&world, &request);
    assert_eq!(problem(&answer), (415, "content-encoding".to_owned()));
    let rows = world.rows("quarantine");
    assert_eq!((rows.len(), &rows[0]["raw"]), (1, &json!(body)));
}

#[test]
fn what_can_not_be_done_now_is_to_be_sent_again() {
    for service in [Service::SecretsManager, Service::DynamoDb] {
        let world = world();
        world
            .faults()
            .always(Fault::Unavailable, move |call: &Call| {
                call.service == service
            });
        let answer = send(&world, &request(&world, "msg_1", &order()));
        assert_eq!(problem(&answer), (503, "unavailable".to_owned()));
        world.faults().heal();
        let answer = send(&world, &request(&world, "msg_1", &order()));
        assert_eq!(status(&answer), "accepted");
    }
}

#[test]
fn a_body_that_is_too_large_is_not_looked_at() {
    let world = world();
    let mut large = order();
    large["data"]["note"] = "x".repeat(1024 * 1024).into();
    let answer = send(&world, &request(&world, "msg_1", &large));
    assert_eq!(problem(&answer), (413, "body-too-large".to_owned()));
}
