//! Of which of partners' events people are told.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use tenancy::{DefinitionState, NotificationRule, NotificationRuleReader};
use testkit::World;

use super::{Asking, PURPOSE, RULE, harbour, letter, named, problem};

const SENT: &str = "com.example.parcel.sent.v1";

/// The harbour, which takes events of a type.
fn world() -> World {
    let world = harbour();
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": format!("event-type#{SENT}"),
            "schema": "{}",
            "revision": 1,
            "registered_by": "partner/chandlery",
        }),
    );
    world
}

fn rule() -> Value {
    json!({ "purpose": "newsletter", "texts": { "en": "Your parcel is on its way." } })
}

fn defined(world: &World, kind: &str, body: &Value) -> (u64, Value) {
    let asking = Asking::of(world, kind).id("request-2").absent();
    asking.put(RULE, body)
}

/// The rule as those read it who tell people.
fn read(world: &World) -> Option<NotificationRule> {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let rules = NotificationRuleReader::new(&sdk, "directory", world.clock());
    let tenant = "harbour".parse().unwrap();
    let rule = world.block_on(rules.find(&tenant, SENT));
    (*rule.unwrap()).clone()
}

#[test]
fn a_rule_is_read_by_those_who_tell_people_and_shown_to_operators() {
    let world = world();
    assert_eq!(read(&world), None);
    let (status, body) = defined(&world, SENT, &rule());
    assert_eq!((status, &body["version"]), (201, &json!(1)), "{body}");
    assert_eq!(
        (&body["event_type"], &body["state"]),
        (&json!(SENT), &json!("active"))
    );
    let found = read(&world).unwrap();
    assert_eq!(found.purpose().as_str(), "newsletter");
    let (_, shown) = Asking::of(&world, SENT).get(RULE);
    assert_eq!(shown["texts"], rule()["texts"]);
    let (_, list) = Asking::of(&world, "").get("/v1/directory/{tenant}/notification-rules");
    assert_eq!(list["notification_rules"], json!([shown]));
}

#[test]
fn a_rule_is_disabled_on_top_of_what_was_seen() {
    let world = world();
    defined(&world, SENT, &rule());
    let mut disabled = rule();
    disabled["state"] = "disabled".into();
    let change = |id, version| {
        let asking = Asking::of(&world, SENT).id(id).at(version);
        asking.put(RULE, &disabled)
    };
    assert_eq!(change("request-3", 1).0, 200);
    assert_eq!(read(&world).unwrap().state(), DefinitionState::Disabled);
    assert_eq!(problem(change("request-4", 1)), named(412, "stale-version"));
}

#[test]
fn a_rule_names_what_is_there_and_what_people_consent_to_alone() {
    let world = world();
    let service = json!({ "display_name": "Service", "legal_basis": "contract" });
    let asking = Asking::of(&world, "service").id("service").absent();
    assert_eq!(asking.put(PURPOSE, &service).0, 201);
    let by = |purpose: &str| {
        let mut body = rule();
        body["purpose"] = purpose.into();
        body
    };
    for (kind, body, expected) in [
        (
            "com.example.parcel.sent.v2",
            rule(),
            named(404, "no-such-definition"),
        ),
        (
            "dev.fairlead.segment.track.v1",
            rule(),
            named(400, "invalid-parameter"),
        ),
        ("parcels", rule(), named(400, "invalid-parameter")),
        (SENT, by("offers"), named(400, "unknown-purpose")),
        (SENT, by("service"), named(400, "invalid-field")),
    ] {
        assert_eq!(problem(defined(&world, kind, &body)), expected, "{kind}");
    }
    assert_eq!(read(&world), None);
    assert_eq!(
        problem(Asking::of(&world, SENT).get(RULE)),
        named(404, "no-such-definition")
    );
}

#[test]
fn a_field_that_is_wrong_is_named_and_its_value_is_not_repeated() {
    let world = world();
    for (member, value) in [
        ("purpose", json!("a canary")),
        ("texts", json!({ "canary": "News." })),
        ("texts", json!({ "en": "canary\nnews" })),
        ("state", json!("canary")),
    ] {
        let mut body = rule();
        body[member] = value;
        let answer = defined(&world, SENT, &body);
        assert_eq!(answer.1["field"], member, "{answer:?}");
        assert!(!answer.1.to_string().contains("canary"), "{answer:?}");
        assert_eq!(problem(answer), named(400, "invalid-field"));
    }
    let mut without = rule();
    without["texts"] = json!({});
    assert_eq!(
        problem(defined(&world, SENT, &without)),
        named(400, "invalid-field")
    );
    let mut more = letter();
    more["purpose"] = "newsletter".into();
    assert_eq!(
        problem(defined(&world, SENT, &more)),
        named(400, "malformed-body")
    );
}
