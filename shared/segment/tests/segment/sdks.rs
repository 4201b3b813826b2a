//! What the SDKs send.

use segment::{Call, Kind, Limits, source};
use serde_json::json;

use crate::{data, one, received_at, try_read};

/// As `segment-analytics-python` sends it.
const PYTHON: &str = r#"{"batch": [{"integrations": {}, "properties": {"price": 12.5}, "timestamp": "2026-05-01T12:00:00.123+00:00", "context": {"library": {"name": "analytics-python", "version": "2.3.4"}}, "userId": "u-1", "type": "track", "event": "Order Placed", "messageId": "8f5f3f5c-5a37-4d0f-9b1f-0d6a4c7a8a11"}], "sentAt": "2026-05-01T12:00:05.000000+00:00", "writeKey": "wk"}"#;

/// As `@segment/analytics-node` sends it.
const NODE: &str = r#"{"batch":[{"userId":"u-1","traits":{"email":"jane@example.com"},"type":"identify","context":{"library":{"name":"@segment/analytics-node","version":"2.1.3"}},"timestamp":"2026-05-01T12:00:00.000Z","messageId":"node-next-1746100800000-0a1b","integrations":{},"_metadata":{"nodeVersion":"22.1.0","jsRuntime":"node"}}],"writeKey":"wk","sentAt":"2026-05-01T12:00:05.000Z"}"#;

#[test]
fn a_batch_of_the_python_sdk_is_read() {
    let event = one("batch", PYTHON).unwrap();
    assert_eq!(event.id, "8f5f3f5c-5a37-4d0f-9b1f-0d6a4c7a8a11");
    assert_eq!(event.source, "segment:brand/shop");
    assert_eq!(event.kind, "dev.fairlead.segment.track.v1");
    // Five seconds lie between both clocks.
    assert_eq!(
        event.time,
        Some("2026-05-01T12:00:05.123Z".parse().unwrap())
    );
    assert_eq!(
        data(&event),
        json!({
            "integrations": {},
            "properties": {"price": 12.5},
            "timestamp": "2026-05-01T12:00:00.123+00:00",
            "context": {"library": {"name": "analytics-python", "version": "2.3.4"}},
            "userId": "u-1",
            "type": "track",
            "event": "Order Placed",
            "messageId": "8f5f3f5c-5a37-4d0f-9b1f-0d6a4c7a8a11",
        })
    );
}

#[test]
fn a_batch_of_the_node_sdk_is_read() {
    let event = one("batch", NODE).unwrap();
    assert_eq!(event.id, "node-next-1746100800000-0a1b");
    assert_eq!(event.kind, "dev.fairlead.segment.identify.v1");
    assert_eq!(data(&event)["_metadata"]["jsRuntime"], "node");
    assert!(!event.to_json().contains("wk"));
}

#[test]
fn a_batch_that_is_sent_again_says_the_same_though_its_clock_went_on() {
    let again = PYTHON.replace("12:00:05.000000", "12:03:00.000000");
    let (one, other) = (one("batch", PYTHON).unwrap(), one("batch", &again).unwrap());
    assert_ne!(one.time, other.time);
    assert_eq!(one.to_json_without_time(), other.to_json_without_time());
}

#[test]
fn a_clock_that_is_off_by_a_day_is_set_right() {
    let ahead = PYTHON.replace("2026-05-01T12", "2026-05-03T12");
    let event = one("batch", &ahead).unwrap();
    assert_eq!(
        event.time,
        Some("2026-05-01T12:00:05.123Z".parse().unwrap())
    );
}

#[test]
fn what_is_imported_keeps_its_time() {
    let event = one("import", PYTHON).unwrap();
    assert_eq!(
        event.time,
        Some("2026-05-01T12:00:00.123Z".parse().unwrap())
    );
}

#[test]
fn every_call_has_its_event() {
    let calls = [
        ("identify", r#"{"userId":"u"}"#),
        (
            "track",
            r#"{"anonymousId":"a","event":"Seen","type":"identify"}"#,
        ),
        ("page", r#"{"userId":7,"name":"Home"}"#),
        ("screen", r#"{"anonymousId":"a","name":"Home"}"#),
        (
            "group",
            r#"{"userId":"u","groupId":"g","traits":{"name":"Initech"}}"#,
        ),
        ("alias", r#"{"userId":"u","previousId":"a"}"#),
    ];
    for (call, body) in calls {
        let event = one(call, body).unwrap();
        assert_eq!(event.kind, format!("dev.fairlead.segment.{call}.v1"));
        assert_eq!(data(&event)["type"], call);
        assert_eq!(event.time, Some(received_at()));
    }
    assert_eq!(Call::from_name("Track"), None);
    assert_eq!(Call::from_name("delete"), None);
}

#[test]
fn a_message_without_an_id_gets_the_same_one_whenever_it_is_sent() {
    let id = |body| one("track", body).unwrap().id;
    let first = id(r#"{"userId":"u","event":"e","sentAt":"2026-05-01T12:00:00Z"}"#);
    assert!(first.starts_with("sha256-") && first.len() == 50, "{first}");
    let again = id(r#"{ "event":"e", "userId":"u", "sentAt":"2026-05-01T12:00:07Z"}"#);
    assert_eq!(first, again);
    assert_ne!(first, id(r#"{"userId":"u","event":"f"}"#));
}

#[test]
fn what_a_batch_says_for_all_its_messages_say_unless_they_say_otherwise() {
    let body = br#"{"context":{"ip":"192.0.2.1"},"integrations":null,"batch":[
        {"type":"page","userId":"u"},
        {"type":"page","userId":"u","context":{"ip":"192.0.2.2"}}
    ]}"#;
    let events = try_read("batch", body).unwrap();
    let of = |index: usize| data(events[index].as_ref().unwrap())["context"]["ip"].clone();
    assert_eq!((of(0), of(1)), (json!("192.0.2.1"), json!("192.0.2.2")));
}

#[test]
fn an_event_is_read_back() {
    let event = one("batch", NODE).unwrap();
    let written = event.to_json();
    assert_eq!(cloudevent::Incoming::from_json(&written), Some(event));
}

#[test]
fn a_message_that_was_refused_is_read_again_by_itself_and_keeps_its_time() {
    let message = r#" {"event":"a","userId":"7","messageId":"1","timestamp":"2026-05-01T11:00:00Z","sentAt":"2026-05-01T11:30:00Z"} "#;
    let source = source("brand", "shop");
    let again = |kind| {
        let limits = Limits::default();
        segment::again(kind, message.as_bytes(), &source, received_at(), &limits).map_err(Box::new)
    };
    let event = again(Some(Kind::Track)).unwrap();
    assert_eq!(event.kind, "dev.fairlead.segment.track.v1");
    assert_eq!(event.time.unwrap().to_string(), "2026-05-01T11:00:00Z");
    assert_eq!(data(&event)["type"], "track");
    assert_eq!(again(None).unwrap_err().field, "/type");
}
