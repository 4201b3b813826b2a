//! Which of partners' systems may send webhooks.

use serde_json::{Value, json};
use testkit::World;

use super::{Asking, HOOK, harbour, named, problem};

fn defined(world: &World, name: &str, body: &Value) -> (u64, Value) {
    let asking = Asking::of(world, name).id("request-2").absent();
    asking.put(HOOK, body)
}

#[test]
fn a_hook_says_where_its_messages_are_sent_to_and_is_disabled_on_top_of_what_was_seen() {
    let world = harbour();
    let body = json!({ "external_id": "/data/customer" });
    let (status, shown) = defined(&world, "chandlery/shop", &body);
    assert_eq!(status, 201, "{shown}");
    assert_eq!(shown["path"], "/v1/hooks/harbour.chandlery/shop");
    assert_eq!(shown["state"], "active");
    let rows = world.rows("directory");
    let row = rows.iter().find(|row| row["part"] == "hook#chandlery/shop");
    assert_eq!(row.unwrap()["external_id"], "/data/customer");
    let change = |id, version| {
        let asking = Asking::of(&world, "chandlery/shop").id(id).at(version);
        asking.put(HOOK, &json!({ "state": "disabled" }))
    };
    assert_eq!(change("request-3", 1).0, 200);
    assert_eq!(problem(change("request-4", 1)), named(412, "stale-version"));
    let (_, shown) = Asking::of(&world, "chandlery/shop").get(HOOK);
    assert_eq!(
        (&shown["state"], shown.get("external_id")),
        (&json!("disabled"), None)
    );
    let (_, list) = Asking::of(&world, "").get("/v1/directory/{tenant}/hooks");
    assert_eq!(list["hooks"], json!([shown]));
}

#[test]
fn a_hook_is_a_partners_and_points_into_a_message() {
    let world = harbour();
    let answer = defined(&world, "ferry-line/shop", &json!({}));
    assert_eq!(problem(answer), named(404, "no-such-definition"));
    let answer = defined(&world, "chandlery/No Shop", &json!({}));
    assert_eq!(problem(answer), named(400, "invalid-parameter"));
    let long = format!("/{}", "x".repeat(256));
    for (member, value) in [
        ("external_id", json!("canary")),
        ("external_id", json!("")),
        ("external_id", json!("/canary~2")),
        ("external_id", json!("/canary~")),
        ("external_id", json!("/canary\n")),
        ("external_id", json!(long)),
        ("external_id", json!(7)),
        ("state", json!("canary")),
    ] {
        let answer = defined(&world, "chandlery/shop", &json!({ member: value }));
        assert_eq!(answer.1["field"], member, "{answer:?}");
        assert!(!answer.1.to_string().contains("canary"), "{answer:?}");
        assert_eq!(problem(answer), named(400, "invalid-field"));
    }
    let answer = defined(&world, "chandlery/shop", &json!({ "secret": "whsec_1" }));
    assert_eq!(problem(answer), named(400, "malformed-body"));
    let none = Asking::of(&world, "chandlery/shop").get(HOOK);
    assert_eq!(problem(none), named(404, "no-such-definition"));
}
