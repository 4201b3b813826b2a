//! SDKs of Segment and `RudderStack`, which call the same path.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tenancy::write_key_part;
use testkit::World;

use crate::{body, rows, send, world};

const KEY: &str = "wk-crm-website";

fn with_key(world: &World) {
    for row in [
        json!({ "tenant": "harbour", "part": "partner#crm", "display_name": "The CRM" }),
        json!({
            "tenant": "*", "part": write_key_part(KEY), "owner_tenant": "harbour", "partner": "crm",
        }),
    ] {
        world.put_row("directory", row);
    }
}

fn request(headers: &Value, message: &Value) -> Value {
    json!({
        "routeKey": "POST /v1/identify",
        "headers": headers,
        "body": message.to_string(),
        "requestContext": { "requestId": "request-1" },
    })
}

#[test]
fn what_comes_with_a_write_key_is_kept_as_an_event() {
    let world = world();
    with_key(&world);
    let before = rows(&world);
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{KEY}:")));
    let mut message = json!({ "userId": "C-17", "messageId": "1", "traits": { "name": "Jane" } });
    let by_header = request(&json!({ "authorization": basic, "sec-gpc": "1" }), &message);
    message["writeKey"] = KEY.into();
    let by_body = request(&json!({ "content-type": "text/plain" }), &message);
    for request in [by_header, by_body] {
        let answer = send(&world, &request);
        assert_eq!(answer["statusCode"], 200, "{answer}");
        assert_eq!(answer["body"], r#"{"success":true}"#);
    }
    let events = world.rows("events");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "dev.fairlead.segment.identify.v1");
    assert_eq!(events[0]["gpc"], true);
    assert_eq!(rows(&world), before);
}

#[test]
fn a_write_key_that_is_nobodys_is_told_as_one() {
    let world = world();
    let basic = json!({ "authorization": "Basic d2s6", "content-type": "application/json" });
    let answer = send(&world, &request(&basic, &json!({ "userId": "C-17" })));
    assert_eq!(answer["statusCode"], 401);
    assert_eq!(body(&answer)["code"], "write-key-invalid");
    assert!(world.rows("events").is_empty());
}
