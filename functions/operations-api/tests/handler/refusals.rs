use rstest::rstest;
use testkit::{World, tokens::Token};

use crate::{FLOWS, HOUSE, OPERATOR, SCOPE, app, asked, operator, problem, request, send};

#[test]
fn only_operators_with_the_scope_see_anything() {
    let world = World::new(1);
    let now = world.clock().now();
    let others = "fairlead/dead-letters.read fairlead/receipts.read";
    let without = Token::operator(now, OPERATOR).scope(others);
    let person = Token::person(now, OPERATOR).scope(SCOPE);
    let machine = Token::machine(now, "harbour", "chandlery", "letters").scope(SCOPE);
    let app = app(&world);
    for route in [HOUSE, FLOWS] {
        for (token, refused) in [
            (&without, "scope-missing"),
            (&person, "wrong-principal"),
            (&machine, "wrong-principal"),
        ] {
            let answer = send(&world, &app, &request(token, route, None));
            assert_eq!(problem(&answer), (403, refused), "{route}");
        }
        let nobody = send(
            &world,
            &app,
            &serde_json::json!({ "routeKey": route, "requestContext": {} }),
        );
        assert_eq!(problem(&nobody), (401, "token-needed"));
        // The house is of no tenant.
        let of_none = operator(&world).without("fairlead:tenant");
        assert_eq!(send(&world, &app, &request(&of_none, route, None)).0, 200);
        let program = Token::program(now).scope(SCOPE);
        assert_eq!(send(&world, &app, &request(&program, route, None)).0, 200);
    }
}

#[rstest]
#[case("")]
#[case("2h")]
#[case("1H")]
#[case("1h,24h")]
#[case("../1h")]
fn a_time_of_which_there_are_no_figures_is_refused_before_anything_is_asked(#[case] over: &str) {
    let world = World::new(1);
    let request = request(&operator(&world), HOUSE, Some(over));
    let (status, body) = send(&world, &app(&world), &request);
    assert_eq!((status, &body["field"]), (400, &"over".into()), "{body}");
    assert_eq!(asked(&world), 0);
}

#[test]
fn what_is_no_route_is_none() {
    let world = World::new(1);
    let request = request(&operator(&world), "POST /v1/operations/house", None);
    assert_eq!(
        problem(&send(&world, &app(&world), &request)),
        (404, "no-such-route")
    );
}
