//! What is published to partners' topics.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use tenancy::FanOutReader;
use testkit::World;

use super::{AGREEMENT, Asking, FAN_OUT, harbour, named, problem};

const PLACED: &str = "com.example.order.placed.v1";

/// The harbour, which takes orders, and agreed that the chandlery hears of them.
fn world() -> World {
    let world = harbour();
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour", "part": format!("event-type#{PLACED}"),
            "schema": "{}", "revision": 1, "registered_by": "operator",
        }),
    );
    let terms = json!({ "partner": "chandlery", "terms": { "newsletter": ["events"] } });
    let asking = Asking::of(&world, "orders").id("agreement").absent();
    assert_eq!(asking.put(AGREEMENT, &terms).0, 201);
    world
}

fn orders() -> Value {
    json!({ "agreement": "orders", "purpose": "newsletter", "types": [PLACED] })
}

fn defined(world: &World, partner: &str, body: &Value) -> (u64, Value) {
    let asking = Asking::of(world, partner).id("request-2").absent();
    asking.put(FAN_OUT, body)
}

/// Whether orders are published, as those see it who publish.
fn are_wanted(world: &World) -> bool {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let fan_outs = FanOutReader::new(&sdk, "directory", world.clock());
    let (tenant, partner) = ("harbour".parse().unwrap(), "chandlery".parse().unwrap());
    let found = world.block_on(fan_outs.find(&tenant, &partner)).unwrap();
    found.is_some_and(|found| found.wants(PLACED))
}

#[test]
fn what_operators_define_is_published_until_it_is_disabled() {
    let world = world();
    assert!(!are_wanted(&world));
    let (status, body) = defined(&world, "chandlery", &orders());
    assert_eq!((status, &body["version"]), (201, &json!(1)), "{body}");
    assert!(are_wanted(&world));
    let mut disabled = orders();
    disabled["state"] = "disabled".into();
    let change = |id, version| {
        let asking = Asking::of(&world, "chandlery").id(id).at(version);
        asking.put(FAN_OUT, &disabled)
    };
    assert_eq!(change("request-3", 1).0, 200);
    assert!(!are_wanted(&world));
    assert_eq!(problem(change("request-4", 1)), named(412, "stale-version"));
    let (_, shown) = Asking::of(&world, "chandlery").get(FAN_OUT);
    assert_eq!(
        (&shown["state"], &shown["types"]),
        (&json!("disabled"), &json!([PLACED]))
    );
    let (_, list) = Asking::of(&world, "").get("/v1/directory/{tenant}/fan-outs");
    assert_eq!(list["fan_outs"], json!([shown]));
}

#[test]
fn it_names_what_is_agreed_on_and_what_somebody_can_send() {
    let world = world();
    let with = |member: &str, value: Value| {
        let mut body = orders();
        body[member] = value;
        body
    };
    for (partner, body, expected) in [
        ("ferry-line", orders(), named(404, "no-such-definition")),
        (
            "chandlery",
            with("agreement", json!("nothing")),
            named(404, "no-such-definition"),
        ),
        // This one has names and contacts alone.
        (
            "chandlery",
            with("agreement", json!("deliveries")),
            named(400, "invalid-field"),
        ),
        (
            "chandlery",
            with("purpose", json!("offers")),
            named(400, "invalid-field"),
        ),
        (
            "chandlery",
            with("types", json!([PLACED, "com.example.a.v1"])),
            named(404, "no-such-definition"),
        ),
        (
            "chandlery",
            with("types", json!(["dev.fairlead.profile.updated.v1"])),
            named(400, "invalid-field"),
        ),
        (
            "chandlery",
            with("types", json!(["orders"])),
            named(400, "invalid-field"),
        ),
        (
            "chandlery",
            with("types", json!([])),
            named(400, "invalid-field"),
        ),
        (
            "chandlery",
            with("state", json!("asleep")),
            named(400, "invalid-field"),
        ),
        (
            "chandlery",
            with("topic", json!("arn")),
            named(400, "malformed-body"),
        ),
    ] {
        assert_eq!(problem(defined(&world, partner, &body)), expected, "{body}");
    }
    assert!(!are_wanted(&world));
    let sdks = with("types", json!(["dev.fairlead.segment.track.v1"]));
    assert_eq!(defined(&world, "chandlery", &sdks).0, 201);
}
