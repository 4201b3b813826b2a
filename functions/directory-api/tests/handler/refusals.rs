//! What is refused, and by what name.

use serde_json::{Value, json};
use testkit::{Service, World};

use super::{AGREEMENT, Asking, PARTNER, PURPOSE, TENANT, harbour, letter, named, notice, problem};

fn defined(world: &World, path: &str, body: &Value) -> (u64, Value) {
    Asking::of(world, "another")
        .id("request-2")
        .absent()
        .put(path, body)
}

#[test]
fn a_field_that_is_wrong_is_named_and_its_value_is_not_repeated() {
    let world = harbour();
    let with = |member: &str, value: Value| {
        let mut body = letter();
        body[member] = value;
        body
    };
    for (member, value) in [
        ("display_name", json!("")),
        ("legal_basis", json!("canary")),
        ("text_versions", json!(["a canary"])),
        ("text_versions", json!(["2026-01", "2026-01"])),
        ("notices", json!([{ "text_version": "2026-01" }])),
        (
            "notices",
            json!([{ "text_version": "2026-01", "canary": 1 }]),
        ),
        ("valid_for_days", json!(0)),
        ("sale_or_sharing", json!("canary")),
    ] {
        let answer = defined(&world, PURPOSE, &with(member, value));
        assert_eq!(answer.1["field"], member, "{answer:?}");
        assert!(!answer.1.to_string().contains("canary"), "{answer:?}");
        assert_eq!(problem(answer), named(400, "invalid-field"));
    }
    for body in [
        with("canary", json!(1)),
        json!([]),
        json!({ "display_name": "Without a basis" }),
    ] {
        let answer = defined(&world, PURPOSE, &body);
        assert!(!answer.1.to_string().contains("canary"), "{answer:?}");
        assert_eq!(problem(answer), named(400, "malformed-body"));
    }
}

#[test]
fn what_is_beyond_its_limits_is_refused() {
    let world = harbour();
    let mut without_text = letter();
    without_text["text_versions"] = json!([]);
    let mut too_long = letter();
    too_long["valid_for_days"] = json!(3_654);
    let mut of_another_text = letter();
    of_another_text["notices"] = json!([notice("2026-02")]);
    let no_terms = json!({ "partner": "chandlery", "terms": {} });
    let no_groups = json!({ "partner": "chandlery", "terms": { "newsletter": [] } });
    for (path, body) in [
        (PURPOSE, without_text),
        (PURPOSE, too_long),
        (PURPOSE, of_another_text),
        (AGREEMENT, no_terms),
        (AGREEMENT, no_groups),
    ] {
        assert_eq!(
            problem(defined(&world, path, &body)),
            named(400, "invalid-field")
        );
    }
}

#[test]
fn an_agreement_names_what_is_there_alone() {
    let world = harbour();
    let agreed = |partner: &str, purpose: &str, group: &str| {
        let body = json!({ "partner": partner, "terms": { purpose: [group] } });
        problem(defined(&world, AGREEMENT, &body))
    };
    assert_eq!(
        agreed("ferry-line", "newsletter", "names"),
        named(404, "no-such-definition")
    );
    assert_eq!(
        agreed("chandlery", "offers", "names"),
        named(400, "unknown-purpose")
    );
    assert_eq!(
        agreed("chandlery", "newsletter", "secrets"),
        named(400, "invalid-field")
    );
}

#[test]
fn nothing_is_defined_of_a_tenant_that_is_not() {
    let world = World::new(1);
    let body = json!({ "display_name": "The Chandlery" });
    assert_eq!(
        problem(defined(&world, PARTNER, &body)),
        named(404, "no-such-definition")
    );
    assert_eq!(
        problem(Asking::of(&world, "").get(TENANT)),
        named(404, "no-such-definition")
    );
}

#[test]
fn a_change_says_on_top_of_what() {
    let world = harbour();
    let body = json!({ "display_name": "The Chandlery" });
    let asking = || Asking::of(&world, "chandlery").id("request-2");
    for (asking, expected) in [
        (asking(), named(428, "version-needed")),
        (asking().absent().at(1), named(428, "version-needed")),
        (
            asking().header("if-none-match", "\"1\""),
            named(428, "version-needed"),
        ),
        (
            asking().header("if-match", "*"),
            named(412, "stale-version"),
        ),
        (
            asking().header("if-match", "\"01\""),
            named(412, "stale-version"),
        ),
        (
            asking().header("content-type", "text/plain").at(1),
            named(415, "media-type"),
        ),
    ] {
        assert_eq!(problem(asking.put(PARTNER, &body)), expected);
    }
}

#[test]
fn a_name_that_is_none_is_refused_before_anything_is_read() {
    let world = harbour();
    world.faults().down(Service::DynamoDb);
    let answer = Asking::of(&world, "Not A Name").get(PARTNER);
    assert_eq!(problem(answer), named(400, "invalid-parameter"));
}

#[test]
fn an_outage_is_told_with_a_time_to_come_back() {
    let world = harbour();
    world.faults().down(Service::DynamoDb);
    let answer = Asking::of(&world, "chandlery").get(PARTNER);
    assert_eq!(problem(answer), named(503, "unavailable"));
}
