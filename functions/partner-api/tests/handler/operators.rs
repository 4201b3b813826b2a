//! Operators who look somebody up: as a partner of their tenant, by what the tenant agreed on with them.

use serde_json::{Value, json};
use testkit::{
    World,
    tokens::{SUB, Token},
};

use crate::{
    JANE, JESS, JOAN, STRANGER, agree, assert_problem, batch, body, by_id, every_route, receipts,
    resolve, send, world,
};

/// A world whose harbour lets its operators read names for customer service, and for the newsletter.
fn agreed(seed: u64) -> World {
    let world = world(seed);
    let terms = json!({ "customer-service": ["names"], "newsletter": ["names"] });
    let differing = json!({ "partner": "operators", "terms": terms });
    agree(&world, "operators", &differing);
    world
}

/// The same request of an operator's, for customer service.
fn by(world: &World, token: Token, mut request: Value) -> Value {
    let token = token.scope("openid fairlead/profile.read");
    request["headers"]["authorization"] = token.bearer().into();
    request["headers"]["fairlead-purpose"] = "customer-service".into();
    request["headers"]["fairlead-reason"] = "case 7".into();
    send(world, &request)
}

fn operator(world: &World) -> Token {
    Token::operator(world.clock().now(), JOAN)
}

#[test]
fn operators_are_given_what_was_agreed_on_with_them_and_who_asked_is_on_record() {
    let world = agreed(1);
    let by_address = resolve(&world, &json!({ "email": "jane@example.com" }));
    for request in [by_id(&world, JANE), by_address] {
        let answer = by(&world, operator(&world), request);
        assert_eq!(answer["statusCode"], 200, "{answer}");
        assert_eq!(body(&answer)["profile_id"], JANE);
        assert_eq!(body(&answer)["data"], json!({ "given_name": "Jane" }));
    }
    let receipts = receipts(&world);
    assert_eq!(receipts.len(), 2);
    for receipt in receipts {
        assert_eq!(receipt["partner"], "operators");
        assert_eq!(receipt["agreement"], "operators");
        assert_eq!(receipt["operator"], SUB);
        assert_eq!(receipt["purpose"], "customer-service");
        assert_eq!(receipt["reason"], "case 7");
        assert_eq!(receipt["outcome"], "allowed");
    }
}

#[test]
fn a_tenant_that_agreed_on_nothing_shows_its_operators_nobody_and_that_they_asked_is_on_record() {
    let world = world(1);
    let answer = by(&world, operator(&world), by_id(&world, JANE));
    assert_problem(&answer, 403, "not-permitted", None);
    assert_eq!(body(&answer)["reason"], "no-agreement");
    let receipts = receipts(&world);
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0]["operator"], SUB);
    assert_eq!(receipts[0]["outcome"], "refused");
}

#[test]
fn operators_are_held_to_purpose_and_consent_as_partners_are() {
    let world = agreed(1);
    for (id, reason) in [(JOAN, "consent-withdrawn"), (JESS, "consent-missing")] {
        let mut request = by_id(&world, id);
        request["headers"]["authorization"] = operator(&world)
            .scope("openid fairlead/profile.read")
            .bearer()
            .into();
        let answer = send(&world, &request);
        assert_ne!(answer["statusCode"], 200, "{answer}");
        let last = receipts(&world);
        let last = last.iter().find(|receipt| receipt["profile_id"] == id);
        assert_eq!(last.unwrap()["withheld"]["names"], reason);
    }
    // Whom another tenant deals with is nobody to this one's operators.
    let answer = by(&world, operator(&world), by_id(&world, STRANGER));
    assert_problem(&answer, 404, "no-such-person", None);
}

#[test]
fn an_operator_asks_for_their_own_tenant_alone() {
    let world = agreed(1);
    let another = operator(&world).claim("fairlead:tenant", "airport");
    let answer = by(&world, another, by_id(&world, JANE));
    assert_ne!(answer["statusCode"], 200, "{answer}");
    let none = operator(&world).without("fairlead:tenant");
    let answer = by(&world, none, by_id(&world, JANE));
    assert_problem(&answer, 403, "no-tenant-in-token", None);
}

#[test]
fn without_the_scope_an_operator_is_refused_on_record() {
    let world = agreed(1);
    let mut request = by_id(&world, JANE);
    let token = operator(&world).scope("openid fairlead/receipts.read");
    request["headers"]["authorization"] = token.bearer().into();
    let answer = send(&world, &request);
    assert_problem(&answer, 403, "scope-missing", None);
    assert_eq!(receipts(&world)[0]["operator"], SUB);
}

#[test]
fn many_at_once_are_for_machines_and_no_program_looks_anybody_up() {
    let world = agreed(1);
    let many = batch(&world, &json!([{ "profile_id": JANE }]));
    let answer = by(&world, operator(&world), many);
    assert_problem(&answer, 403, "wrong-principal", None);
    for request in every_route(&world) {
        let answer = by(&world, Token::program(world.clock().now()), request);
        assert_problem(&answer, 403, "wrong-principal", None);
    }
    assert!(receipts(&world).is_empty());
}
