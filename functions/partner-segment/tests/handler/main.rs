//! The handler on a simulated AWS: whose key it is, what is kept of messages, and answers as the SDKs
//! of Segment and `RudderStack` take them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::{io::Write as _, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use flate2::{Compression, write::GzEncoder};
use lambda_kit::aws::CallBudget;
use partner_segment::{App, handle};
use rstest::rstest;
use serde_json::{Value, json, value::to_raw_value};
use tenancy::write_key_part;
use testkit::{Call, Fault, World, tokens::Token};

const KEY: &str = "wk-chandlery-website";

/// A world in which the chandlery has a write key.
fn world() -> World {
    let world = World::new(1);
    world.put_row(
        "directory",
        json!({ "tenant": "harbour", "part": "partner#chandlery", "display_name": "The Chandlery" }),
    );
    for (key, partner) in [(KEY, "chandlery"), ("wk-of-nobody", "nobody")] {
        world.put_row(
            "directory",
            json!({
                "tenant": "*", "part": write_key_part(key),
                "owner_tenant": "harbour", "partner": partner,
            }),
        );
    }
    world
}

fn track(id: &str) -> Value {
    json!({
        "type": "track", "event": "Order placed", "userId": "C-17", "messageId": id,
        "timestamp": "2026-01-15T08:59:00Z", "properties": { "order": "4711" },
    })
}

fn batch(messages: &[Value]) -> Value {
    json!({ "batch": messages, "sentAt": "2026-01-15T08:59:10Z" })
}

fn basic(key: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{key}:")))
}

fn request(call: &str, body: &Value) -> Value {
    json!({
        "routeKey": format!("POST /v1/{call}"),
        "headers": { "authorization": basic(KEY), "content-type": "application/json" },
        "body": body.to_string(),
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

fn post(world: &World, call: &str, body: &Value) -> Value {
    send(world, &request(call, body))
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

/// That all was taken, in the very words that SDKs look for.
fn assert_taken(answer: &Value) {
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(answer["body"], r#"{"success":true}"#);
}

/// The answer's status and the name of its problem, which is told SDKs too.
fn problem(answer: &Value) -> (u64, String) {
    let body = body(answer);
    let name = body["type"].as_str().unwrap().rsplit('/').next().unwrap();
    assert_eq!(body["code"], name);
    assert!(body["message"].is_string(), "{body}");
    (answer["statusCode"].as_u64().unwrap(), name.to_owned())
}

#[rstest]
#[case("track", json!({ "event": "Order placed" }))]
#[case("page", json!({ "name": "Pricing" }))]
#[case("screen", json!({ "name": "Basket" }))]
#[case("group", json!({ "groupId": "crew-7" }))]
#[case("alias", json!({ "previousId": "C-16" }))]
fn a_message_of_each_kind_is_an_event_of_the_keys_partner(#[case] call: &str, #[case] more: Value) {
    let world = world();
    let mut message = json!({ "userId": "C-17", "messageId": "1" });
    message
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    for _ in 0..2 {
        assert_taken(&post(&world, call, &message));
    }
    let rows = world.rows("events");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["type"], format!("dev.fairlead.segment.{call}.v1"));
    assert_eq!(rows[0]["source"], "segment:harbour/chandlery");
    assert_eq!(rows[0]["tenant"], "harbour");
    assert_eq!(rows[0]["partner"], "chandlery");
    assert_eq!(rows[0]["request_id"], "request-1");
}

#[test]
fn a_batch_that_is_sent_again_later_is_taken_once() {
    let world = world();
    assert_taken(&post(&world, "batch", &batch(&[track("1"), track("2")])));
    let rows = world.rows("events");
    world.advance(Duration::from_secs(90));
    let mut again = batch(&[track("1"), track("2")]);
    again["sentAt"] = "2026-01-15T08:59:40Z".into();
    assert_taken(&post(&world, "batch", &again));
    assert_eq!(world.rows("events"), rows);
}

#[rstest]
#[case(Some("1"), json!(true))]
#[case(Some("0"), json!(null))]
#[case(Some("true"), json!(null))]
#[case(None, json!(null))]
fn what_a_visitors_browser_forbids_is_kept_with_their_messages(
    #[case] signal: Option<&str>,
    #[case] kept: Value,
) {
    let world = world();
    let mut request = request("batch", &batch(&[track("1"), track("2")]));
    if let Some(signal) = signal {
        request["headers"]["sec-gpc"] = signal.into();
    }
    assert_taken(&send(&world, &request));
    let rows = world.rows("events");
    assert_eq!(rows.len(), 2);
    for row in &rows {
        assert_eq!(row.get("gpc").cloned().unwrap_or_default(), kept);
    }
    // Sent again without it, the messages stay what they were.
    request["headers"]
        .as_object_mut()
        .unwrap()
        .remove("sec-gpc");
    assert_taken(&send(&world, &request));
    assert_eq!(world.rows("events"), rows);
}

#[test]
fn what_is_imported_keeps_its_time() {
    let world = world();
    assert_taken(&post(&world, "import", &batch(&[track("1")])));
    assert_eq!(world.rows("events")[0]["time"], "2026-01-15T08:59:00Z");
}

#[test]
fn a_packed_body_is_unpacked() {
    let world = world();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let sent = batch(&[track("1")]).to_string();
    encoder.write_all(sent.as_bytes()).unwrap();
    let mut request = request("batch", &json!({}));
    request["body"] = BASE64_STANDARD.encode(encoder.finish().unwrap()).into();
    request["isBase64Encoded"] = true.into();
    request["headers"]["content-encoding"] = "gzip".into();
    assert_taken(&send(&world, &request));
    assert_eq!(world.rows("events").len(), 1);
}

#[test]
fn a_browser_may_send_the_key_in_the_body_as_a_plain_text() {
    let world = world();
    let mut message = track("1");
    message["writeKey"] = KEY.into();
    let mut request = request("track", &message);
    request["headers"] = json!({ "content-type": "text/plain" });
    assert_taken(&send(&world, &request));
    let kept = world.rows("events")[0].to_string();
    assert!(!kept.contains(KEY), "{kept}");
}

#[test]
fn of_a_batch_each_message_is_judged_by_itself_and_kept_for_its_sender_if_it_is_refused() {
    let world = world();
    let raw = r#"{"type":"track","messageId":"2","userId":"C-17"}"#;
    let sent = format!(r#"{{"batch":[{},{raw}]}}"#, track("1"));
    let mut request = request("batch", &json!({}));
    request["body"] = sent.into();
    for _ in 0..2 {
        let answer = send(&world, &request);
        assert_eq!(answer["statusCode"], 200, "{answer}");
        let body = body(&answer);
        assert_eq!(body["success"], true);
        assert_eq!(body["events"].as_array().unwrap().len(), 1);
        assert_eq!(body["events"][0]["index"], 1);
        assert_eq!(body["events"][0]["problem"]["field"], "/event");
    }
    assert_eq!(world.rows("events").len(), 1);
    let rows = world.rows("quarantine");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["sender"], "harbour#chandlery");
    assert_eq!(rows[0]["surface"], "segment");
    assert_eq!(rows[0]["raw"], raw);
}

#[test]
fn a_message_that_is_refused_is_answered_by_its_problem() {
    let world = world();
    let answer = post(&world, "track", &json!({ "userId": "C-17" }));
    assert_eq!(problem(&answer), (400, "invalid-event".to_owned()));
    assert_taken(&post(&world, "track", &track("1")));
    let mut other = track("1");
    other["event"] = "Order cancelled".into();
    let answer = post(&world, "track", &other);
    assert_eq!(problem(&answer), (409, "event-id-taken".to_owned()));
    // As a message each time, by which it can be corrected: the first was called by its path.
    let rows = world.rows("quarantine");
    assert_eq!(rows.len(), 2);
    for row in rows {
        let raw: Value = serde_json::from_str(row["raw"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&row["call"], &raw["userId"]),
            (&json!("track"), &json!("C-17"))
        );
    }
    let answer = post(&world, "batch", &batch(&[other, json!({})]));
    assert_eq!(problem(&answer), (400, "events-refused".to_owned()));
    assert_eq!(body(&answer)["events"].as_array().unwrap().len(), 2);
}

#[rstest]
#[case(json!({}), 400, "malformed-body")]
#[case(json!({ "batch": 1 }), 400, "malformed-body")]
#[case(json!({ "batch": vec![1; 1_001] }), 413, "too-many-events")]
#[case(json!({ "batch": ["x".repeat(500 * 1024)] }), 413, "body-too-large")]
fn what_can_not_be_read_at_all_is_refused_as_a_whole(
    #[case] sent: Value,
    #[case] status: u64,
    #[case] name: &str,
) {
    let world = world();
    let answer = post(&world, "batch", &sent);
    assert_eq!(problem(&answer), (status, name.to_owned()));
    let rows = world.rows("quarantine");
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (&rows[0]["state"], &rows[0]["surface"]),
        (&json!("unreadable"), &json!("segment"))
    );
    assert_eq!(rows[0]["bytes"], sent.to_string().len());
}

#[test]
fn nothing_tells_a_key_that_there_is_not_from_anything_else_that_is_wrong() {
    let world = world();
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let bearer = token.scope("fairlead/events.write").bearer();
    let mut answers = Vec::new();
    for authorization in [
        None,
        Some(basic("another")),
        Some(basic("")),
        Some(basic("wk-of-nobody")),
        Some("Basic".to_owned()),
        Some(bearer),
    ] {
        let mut request = request("track", &track("1"));
        request["headers"]["authorization"] = authorization.clone().into();
        if authorization.is_none() {
            request["headers"]
                .as_object_mut()
                .unwrap()
                .remove("authorization");
        }
        let answer = send(&world, &request);
        assert_eq!(problem(&answer), (401, "write-key-invalid".to_owned()));
        answers.push(answer);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert!(world.rows("events").is_empty() && world.rows("quarantine").is_empty());
}

#[test]
fn a_key_is_looked_up_once_a_minute() {
    let world = world();
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&request("track", &track("1"))).unwrap();
    let reads = || {
        let trace = world.trace();
        let reads = trace.iter().map(ToString::to_string);
        reads.filter(|call| call.contains("write-key#")).count()
    };
    for expected in [1, 1, 2] {
        let answer = handle(&app, &event, world.invocation(Duration::from_secs(10)));
        world.block_on(answer).unwrap();
        assert_eq!(reads(), expected);
        world.advance(Duration::from_secs(31));
    }
}

#[test]
fn a_partner_has_no_more_than_its_limit_and_a_hundred_messages_count_as_one_request() {
    let world = world();
    let messages: Vec<Value> = (0..101).map(|n| track(&n.to_string())).collect();
    let answer = post(&world, "batch", &batch(&messages));
    assert_taken(&answer);
    assert_eq!(answer["headers"]["ratelimit"], r#""partner";r=2998;t=60"#);
    let minute = world.clock().now().as_second().div_euclid(60);
    let key = format!("rate#harbour#chandlery#{minute}");
    let row = json!({ "key": key, "taken": 3_000, "share": "others", "expires_at": 1_900_000_000 });
    world.put_row("ledger", row);
    let answer = post(&world, "track", &track("another"));
    assert_eq!(problem(&answer), (429, "rate-limited".to_owned()));
    assert!(answer["headers"]["retry-after"].is_string(), "{answer}");
}

#[test]
fn while_the_table_is_down_the_sdk_is_asked_to_come_again_and_nothing_is_taken_twice() {
    let world = world();
    let sent = batch(&[track("1"), track("2")]);
    world.faults().always(Fault::Unavailable, |call: &Call| {
        call.is_table_write() && call.subject().contains("events")
    });
    let answer = post(&world, "batch", &sent);
    assert_eq!(problem(&answer), (503, "unavailable".to_owned()));
    assert_eq!(answer["headers"]["retry-after"], "5");
    world.faults().heal();
    for _ in 0..2 {
        assert_taken(&post(&world, "batch", &sent));
    }
    assert_eq!(world.rows("events").len(), 2);
}
