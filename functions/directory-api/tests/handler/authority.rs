//! Who may see and define what.

use serde_json::{Value, json};
use testkit::tokens::Token;

use super::{Asking, OPERATOR, PARTNER, PURPOSE, SCOPES, TENANT, harbour, letter, named, problem};

#[test]
fn only_operators_with_the_scope_may() {
    let world = harbour();
    let now = world.clock().now();
    let person = Token::person(now, OPERATOR).scope(SCOPES);
    let machine = Token::machine(now, "harbour", "chandlery", "deliveries").scope(SCOPES);
    let reader = Token::operator(now, OPERATOR).scope("fairlead/directory.read");
    for (token, name) in [
        (person, "wrong-principal"),
        (machine, "wrong-principal"),
        (reader.clone(), "scope-missing"),
    ] {
        let asking = Asking {
            token,
            ..Asking::of(&world, "other")
        };
        let answer = asking.id("request-2").absent().put(PURPOSE, &letter());
        assert_eq!(problem(answer), named(403, name));
    }
    let asking = Asking {
        token: reader,
        ..Asking::of(&world, "newsletter")
    };
    assert_eq!(asking.get(PURPOSE).0, 200);
}

#[test]
fn an_operator_gets_at_their_own_tenant_alone() {
    let world = harbour();
    let token = || Token::operator(world.clock().now(), OPERATOR).scope(SCOPES);
    let of_airport = token().claim("fairlead:tenant", "airport");
    let of_nobody = token().without("fairlead:tenant");
    for (token, name) in [
        (of_airport, "another-tenant"),
        (of_nobody, "no-tenant-in-token"),
    ] {
        let asking = || Asking {
            token: token.clone(),
            ..Asking::of(&world, "chandlery")
        };
        assert_eq!(problem(asking().get(PARTNER)), named(403, name));
        assert_eq!(problem(asking().get(TENANT)), named(403, name));
        let body = json!({ "display_name": "Ours" });
        assert_eq!(
            problem(asking().at(1).put(PARTNER, &body)),
            named(403, name)
        );
        assert_eq!(problem(asking().at(1).put(TENANT, &body)), named(403, name));
    }
}

#[test]
fn whoever_has_no_tenant_yet_defines_one() {
    let world = harbour();
    let token = Token::operator(world.clock().now(), OPERATOR).scope(SCOPES);
    let token = token.without("fairlead:tenant");
    let asking = Asking {
        token,
        tenant: "airport",
        ..Asking::of(&world, "")
    };
    let body = json!({ "display_name": "Airport", "app_clients": ["1airportclient"] });
    assert_eq!(asking.id("airport").absent().put(TENANT, &body).0, 201);
    let (_, tenants) = Asking::of(&world, "").get("/v1/directory");
    assert_eq!(tenants, json!({ "tenants": ["airport", "harbour"] }));
}

#[test]
fn under_a_key_a_definition_is_made_once() {
    let world = harbour();
    let keyed = |id, body: &Value| {
        let key = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"";
        let asking = Asking::of(&world, "ferry-line").id(id).absent();
        asking.header("idempotency-key", key).put(PARTNER, body)
    };
    let body = json!({ "display_name": "Ferry Line" });
    let first = keyed("request-2", &body);
    assert_eq!(first.0, 201);
    assert_eq!(keyed("request-3", &body), first);
    let other = json!({ "display_name": "Another Line" });
    assert_eq!(keyed("request-4", &other).0, 422);
}
