//! The handler on a simulated AWS: what a flow is told, from where, and how long it waits.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use contact_config_lookup::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Fault, World};

/// A process, and the world that it is in.
struct Scene {
    world: World,
    app: App,
}

impl Scene {
    fn new() -> Self {
        let world = World::new(1);
        let hours = json!({
            "name": "Office", "days": ["mon", "tue", "wed", "thu", "fri"], "opens": "08:00", "closes": "18:00",
            "time_zone": "Europe/Berlin",
        });
        let routing = json!({ "name": "all", "when": "open", "to_type": "queue", "to": "General" });
        world
            .engines()
            .put_published("contact", &[("opening-hours", hours), ("routing", routing)]);
        let sdk = world.sdk_config(&CallBudget::CONTACT);
        let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
        Self { world, app }
    }

    /// An operator makes today a holiday.
    fn is_a_holiday(&self) {
        let holiday = json!({ "name": "Storm", "from": "2026-01-15" });
        self.world
            .engines()
            .put_published("contact", &[("holiday", holiday)]);
    }

    fn ask(&self, parameters: &Value) -> Value {
        let event = json!({
            "Details": {
                "ContactData": { "ContactId": "4a573372", "CustomerEndpoint": null, "Queue": null },
                "Parameters": parameters,
            },
            "Name": "ContactFlowEvent",
        });
        let event = to_raw_value(&event).unwrap();
        let invocation = self.world.invocation(Duration::from_secs(5));
        let before = self.world.clock().now();
        let answer = self
            .world
            .block_on(handle(&self.app, &event, invocation))
            .unwrap();
        let waited = self.world.clock().now().duration_since(before);
        assert!(waited.as_millis() < 2_000, "a caller waited for {waited}");
        serde_json::to_value(answer).unwrap()
    }

    fn reads(&self) -> usize {
        self.world.trace().len()
    }
}

#[test]
fn a_flow_is_told_in_texts_or_in_json() {
    let scene = Scene::new();
    let texts = scene.ask(&json!({ "language": "de" }));
    let expected = json!({
        "open": "true", "state": "open", "has_hours": "true", "route_name": "all", "route_type": "queue",
        "route_to": "General", "first_line_all": "", "second_line_all": "", "source": "table", "stale": "false",
        "version": "1", "age_seconds": "0", "ignored": "",
    });
    assert_eq!(texts, expected);
    let json =
        scene.ask(&json!({ "format": "JSON", "at": "2026-01-17T12:00:00Z", "country": "Germany" }));
    let expected = json!({
        "open": false, "state": "closed", "has_hours": true, "opens_at": "2026-01-19T07:00:00Z",
        "opens_day": "2026-01-19", "opens_time": "08:00", "opens_zone": "Europe/Berlin", "first_line_all": [],
        "second_line_all": [], "source": "cache", "stale": false, "version": 1, "age_seconds": 0,
        "ignored": ["country"],
    });
    assert_eq!(json, expected);
}

#[test]
fn what_was_edited_is_heard_within_seconds_and_meanwhile_nothing_is_read() {
    let scene = Scene::new();
    scene.ask(&json!({}));
    assert_eq!(scene.reads(), 1);
    scene.is_a_holiday();
    assert_eq!(scene.ask(&json!({}))["open"], "true");
    assert_eq!(scene.reads(), 1);
    scene.world.advance(Duration::from_secs(5));
    let told = scene.ask(&json!({}));
    assert_eq!(
        (&told["state"], &told["holiday"]),
        (&json!("holiday"), &json!("Storm"))
    );
    assert_eq!(scene.reads(), 2);
}

#[test]
fn the_read_may_be_a_moment_old() {
    let scene = Scene::new();
    scene.ask(&json!({}));
    let trace = scene.world.trace();
    assert_eq!(trace[0].call.operation, "GetItem");
    assert_ne!(trace[0].call.input["ConsistentRead"], true);
}

#[test]
fn while_the_table_is_slow_or_down_what_was_read_last_counts_and_says_so() {
    for fault in [Fault::BlackHole, Fault::Unavailable, Fault::Throttle] {
        let scene = Scene::new();
        scene.ask(&json!({}));
        scene.world.advance(Duration::from_secs(10));
        scene.world.faults().always(fault, |_| true);
        let told = scene.ask(&json!({}));
        assert_eq!(told["route_to"], "General", "{fault}");
        assert_eq!(
            (&told["source"], &told["stale"]),
            (&json!("stale"), &json!("true"))
        );
        assert_eq!(told["version"], "1");
        // Of many callers one waits.
        let tried = scene.reads();
        assert_eq!(scene.ask(&json!({}))["source"], "stale");
        assert_eq!(scene.reads(), tried);
    }
}

#[test]
fn without_anything_read_a_queue_counts_as_open_and_it_says_so() {
    for fault in [Fault::BlackHole, Fault::Unavailable] {
        let scene = Scene::new();
        scene.world.faults().always(fault, |_| true);
        let told = scene.ask(&json!({ "at": "2026-01-17T12:00:00Z" }));
        assert_eq!(
            (&told["open"], &told["source"]),
            (&json!("true"), &json!("default"))
        );
        assert_eq!(
            (&told["has_hours"], &told["stale"]),
            (&json!("false"), &json!("true"))
        );
        assert_eq!(told.get("age_seconds"), None);
    }
}

#[test]
fn a_row_that_can_not_be_read_is_as_a_table_that_is_down() {
    let scene = Scene::new();
    scene.world.put_row(
        "config",
        json!({ "kind": "published", "record_id": "contact", "records": "no bytes", "version": 2 }),
    );
    assert_eq!(scene.ask(&json!({}))["source"], "default");
}

#[test]
fn before_anything_is_configured_it_is_read_that_there_is_nothing() {
    let world = World::new(1);
    let sdk = world.sdk_config(&CallBudget::CONTACT);
    let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
    let told = Scene { world, app }.ask(&json!({}));
    assert_eq!(
        (&told["source"], &told["version"]),
        (&json!("table"), &json!("0"))
    );
}
