use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Fault, World};

use crate::{
    GRANTED, JANE, WITHDRAWN, assert_problem, body, claims, consent, define, every_route, outbox,
    request, row, send, standing, world,
};

const OVERRIDING: &str = r#"{"decision":"granted","text_version":"2026-01","overrides_gpc":true}"#;

/// The same request from a browser with Global Privacy Control.
fn with_gpc(mut request: Value) -> Value {
    request["headers"]["sec-gpc"] = "1".into();
    request
}

/// What lies in the table of Jane's decision on a purpose.
fn decided(world: &World, purpose: &str) -> Option<Value> {
    row(world, JANE, &format!("consent#harbour#{purpose}"))
}

fn calls_since(world: &World, before: usize) -> Vec<String> {
    let trace = world.trace();
    trace[before..]
        .iter()
        .map(|call| call.call.operation.clone())
        .collect()
}

#[test]
fn the_signal_withdraws_sale_and_sharing_on_any_route_before_it_answers() {
    for request in every_route() {
        let world = world(1);
        send(&world, &consent("partner-offers", GRANTED));
        send(&world, &consent("newsletter", GRANTED));
        assert_eq!(send(&world, &with_gpc(request))["statusCode"], 200);
        let offers = decided(&world, "partner-offers").unwrap();
        assert_eq!(
            (
                &offers["ruling"],
                &offers["surface"],
                &offers["text_version"]
            ),
            (
                &json!("withdrawn"),
                &json!("global-privacy-control"),
                &json!("2026-01")
            )
        );
        assert_eq!(decided(&world, "newsletter").unwrap()["ruling"], "granted");
        let told = outbox(&world);
        let withdrawn = told
            .iter()
            .find(|event| event["type"] == "dev.fairlead.consent.withdrawn.v1");
        assert_eq!(
            withdrawn.unwrap()["data"]["surface"],
            "global-privacy-control"
        );
    }
}

#[test]
fn the_signal_withdraws_once() {
    let world = world(1);
    send(&world, &consent("partner-offers", GRANTED));
    send(&world, &with_gpc(request("GET /v1/me")));
    let rows = world.rows("profiles");
    let before = world.trace().len();
    send(&world, &with_gpc(request("GET /v1/me")));
    assert_eq!(world.rows("profiles"), rows);
    assert_eq!(
        calls_since(&world, before),
        ["Query", "GetItem", "Query", "GetItem"]
    );
}

#[test]
fn without_a_sale_the_signal_costs_a_read_of_the_directory() {
    let world = world(1);
    define(
        &world,
        "harbour",
        "partner-offers",
        &json!({ "sale_or_sharing": false }),
    );
    send(&world, &with_gpc(request("GET /v1/me")));
    assert_eq!(calls_since(&world, 0), ["Query", "GetItem"]);
}

#[test]
fn without_a_tenant_there_is_nothing_to_withdraw() {
    let world = world(1);
    let mut request = with_gpc(request("GET /v1/me"));
    let claims = claims(&mut request).as_object_mut().unwrap();
    claims.remove("fairlead:tenant");
    assert_eq!(send(&world, &request)["statusCode"], 200);
    assert_eq!(calls_since(&world, 0), ["GetItem"]);
}

#[rstest]
#[case("0")]
#[case("")]
#[case("true")]
#[case("1, 1")]
#[case("11")]
fn anything_but_a_one_is_no_signal(#[case] value: &str) {
    let world = world(1);
    send(&world, &consent("partner-offers", GRANTED));
    let mut request = request("GET /v1/me");
    request["headers"]["sec-gpc"] = value.into();
    send(&world, &request);
    assert_eq!(
        decided(&world, "partner-offers").unwrap()["ruling"],
        "granted"
    );
}

#[test]
fn the_signal_objects_to_a_sale_that_rests_on_legitimate_interests() {
    let world = world(1);
    let sale = json!({ "legal_basis": "legitimate_interests", "sale_or_sharing": true });
    define(&world, "harbour", "reach-measurement", &sale);
    send(&world, &with_gpc(request("GET /v1/me")));
    let objection = decided(&world, "reach-measurement").unwrap();
    assert_eq!(objection["surface"], "global-privacy-control");
    assert_eq!(decided(&world, "partner-offers"), None);
}

#[test]
fn a_grant_that_conflicts_with_the_signal_is_told_so() {
    let world = world(1);
    let refused = send(&world, &with_gpc(consent("partner-offers", GRANTED)));
    assert_problem(&refused, 409, "conflicts-with-gpc", None);
    assert_eq!(decided(&world, "partner-offers"), None);
}

#[test]
fn who_was_told_of_the_conflict_may_grant_nevertheless_and_the_signal_lets_it_stand() {
    let world = world(1);
    let granted = send(&world, &with_gpc(consent("partner-offers", OVERRIDING)));
    assert_eq!(body(&granted)["overrides_gpc"], true);
    send(&world, &with_gpc(request("GET /v1/me")));
    let standing = body(&send(&world, &with_gpc(standing("partner-offers"))));
    assert_eq!(standing["state"], "granted");
    assert_eq!(standing["history"][0]["overrides_gpc"], true);
    assert_eq!(outbox(&world)[0]["data"]["overrides_gpc"], true);
}

#[test]
fn a_grant_from_elsewhere_stands_until_the_next_signal() {
    let world = world(1);
    send(&world, &with_gpc(request("GET /v1/me")));
    send(&world, &consent("partner-offers", GRANTED));
    assert_eq!(
        decided(&world, "partner-offers").unwrap()["ruling"],
        "granted"
    );
    send(&world, &with_gpc(request("GET /v1/me")));
    assert_eq!(
        decided(&world, "partner-offers").unwrap()["ruling"],
        "withdrawn"
    );
}

#[test]
fn withdrawing_takes_the_override_with_it() {
    let world = world(1);
    send(&world, &with_gpc(consent("partner-offers", OVERRIDING)));
    send(&world, &consent("partner-offers", WITHDRAWN));
    send(&world, &consent("partner-offers", GRANTED));
    send(&world, &with_gpc(request("GET /v1/me")));
    assert_eq!(
        decided(&world, "partner-offers").unwrap()["ruling"],
        "withdrawn"
    );
}

#[rstest]
#[case("newsletter", OVERRIDING)]
#[case("partner-offers", r#"{"decision":"withdrawn","overrides_gpc":true}"#)]
fn there_is_nothing_to_override_but_in_granting_a_sale(#[case] purpose: &str, #[case] body: &str) {
    let world = world(1);
    let refused = send(&world, &with_gpc(consent(purpose, body)));
    assert_problem(&refused, 400, "invalid-field", Some("overrides_gpc"));
}

#[test]
fn without_a_signal_there_is_nothing_to_override_and_no_later_one_is_disarmed() {
    let world = world(1);
    let refused = send(&world, &consent("partner-offers", OVERRIDING));
    assert_problem(&refused, 400, "invalid-field", Some("overrides_gpc"));
    assert_eq!(decided(&world, "partner-offers"), None);
}

#[rstest]
#[case("erasing")]
#[case("erased")]
fn of_whoever_is_closed_nothing_is_withdrawn_and_the_route_answers(#[case] why: &str) {
    for request in every_route() {
        let world = world(1);
        send(&world, &consent("partner-offers", GRANTED));
        let mut closed = row(&world, JANE, "profile").unwrap();
        closed["closed"] = why.into();
        world.put_row("profiles", closed);
        let rows = world.rows("profiles");
        let answer = send(&world, &request);
        assert_problem(&answer, 404, "no-such-profile", None);
        assert_eq!(send(&world, &with_gpc(request)), answer);
        assert_eq!(world.rows("profiles"), rows);
    }
}

#[test]
fn a_signal_that_can_not_be_honoured_now_is_no_answer() {
    let world = world(1);
    send(&world, &consent("partner-offers", GRANTED));
    world
        .faults()
        .always(Fault::Unavailable, testkit::Call::is_table_write);
    let answer = send(&world, &with_gpc(request("GET /v1/me")));
    assert_problem(&answer, 503, "unavailable", None);
}
