//! What is refused, and in which words.

use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Fault, Service, tokens::Token};

use crate::{
    JANE, LIST, PEOPLE, READ, SUMMARY, asks, assert_problem, jane_asks, of_the_day, operator,
    request, send, world,
};

#[rstest]
#[case(LIST)]
#[case(SUMMARY)]
fn only_operators_with_the_scope_and_a_tenant_see_what_partners_asked_for(#[case] route: &str) {
    let world = world(1);
    let now = world.clock().now();
    let refused = |token: &Token, status: u16, name: &str| {
        let answer = send(&world, &asks(token, route, of_the_day()));
        assert_problem(&answer, status, name, None);
    };
    refused(
        &operator(&world).scope("fairlead/profile.read"),
        403,
        "scope-missing",
    );
    refused(
        &Token::person(now, JANE).scope(READ),
        403,
        "wrong-principal",
    );
    let machine = Token::machine(now, "harbour", "chandlery", "letters").scope(READ);
    refused(&machine, 403, "wrong-principal");
    let nowhere = operator(&world).without("fairlead:tenant");
    refused(&nowhere, 403, "no-tenant-in-token");
    refused(&operator(&world).claim("exp", 1), 401, "token-invalid");
    let answer = send(&world, &request(route, of_the_day()));
    assert_problem(&answer, 401, "token-needed", None);
    let claimed = jane_asks(of_the_day());
    let mut unverified = request(route, of_the_day());
    unverified["requestContext"] = claimed["requestContext"].clone();
    assert_problem(&send(&world, &unverified), 401, "token-needed", None);
}

#[test]
fn a_person_needs_a_token_that_the_gateway_verified() {
    let world = world(1);
    let bearer = asks(&operator(&world), PEOPLE, json!(null));
    assert_problem(&send(&world, &bearer), 401, "token-needed", None);
    let mut unscoped = jane_asks(json!(null));
    unscoped["requestContext"]["authorizer"]["jwt"]["claims"]["scope"] = "openid".into();
    assert_problem(&send(&world, &unscoped), 403, "scope-missing", None);
}

#[rstest]
#[case("partner", json!(null))]
#[case("partner", json!("The Chandlery"))]
#[case("from", json!(null))]
#[case("from", json!("yesterday"))]
#[case("to", json!("2026-01-15"))]
#[case("to", json!("2026-01-15T00:00:00Z"))]
#[case("cursor", json!("../.."))]
fn a_parameter_that_does_not_fit_is_named(#[case] name: &str, #[case] value: Value) {
    let world = world(1);
    let mut query = of_the_day();
    query[name] = value;
    query
        .as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    let answer = send(&world, &asks(&operator(&world), LIST, query));
    assert_problem(&answer, 400, "invalid-parameter", Some(name));
}

#[test]
fn a_time_that_did_not_begin_yet_is_refused() {
    let world = world(1);
    let mut query = of_the_day();
    query["from"] = "2026-02-15T00:00:00Z".into();
    query.as_object_mut().unwrap().remove("to");
    for route in [LIST, SUMMARY] {
        let answer = send(&world, &asks(&operator(&world), route, query.clone()));
        assert_problem(&answer, 400, "invalid-parameter", Some("from"));
    }
}

#[test]
fn a_cursor_of_nowhere_is_refused_to_people_too() {
    let answer = send(&world(1), &jane_asks(json!({ "cursor": "x" })));
    assert_problem(&answer, 400, "invalid-parameter", Some("cursor"));
}

#[test]
fn there_is_no_other_route() {
    let answer = send(&world(1), &request("DELETE /v1/receipts", json!(null)));
    assert_problem(&answer, 404, "no-such-route", None);
}

#[rstest]
#[case(Fault::Unavailable)]
#[case(Fault::Throttle)]
#[case(Fault::BlackHole)]
fn while_dynamodb_is_down_a_caller_is_told_to_come_back(#[case] fault: Fault) {
    let world = world(1);
    world
        .faults()
        .always(fault, |call| call.service == Service::DynamoDb);
    let token = operator(&world);
    let of_all = json!({ "from": "2026-01-15T00:00:00Z" });
    for request in [
        jane_asks(json!(null)),
        asks(&token, LIST, of_the_day()),
        asks(&token, SUMMARY, of_the_day()),
        asks(&token, SUMMARY, of_all),
    ] {
        let answer = send(&world, &request);
        assert_problem(&answer, 503, "unavailable", None);
        assert_eq!(answer["headers"]["retry-after"], "5");
    }
}
