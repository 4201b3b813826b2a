use serde_json::{Value, json};
use testkit::{World, tokens::Token};

use crate::{
    JANE, JOAN, NOBODY, agree, assert_problem, body, by_id, decide, every_route, receipts, send,
    token, world,
};

fn with(request: &Value, token: &Token) -> Value {
    let mut request = request.clone();
    request["headers"]["authorization"] = token.bearer().into();
    request
}

/// Every principal but a partner's machine with the scope, and what it is told.
fn strangers(world: &World) -> Vec<(Token, u16, &'static str)> {
    let now = world.clock().now();
    let read = "fairlead/profile.read";
    vec![
        (Token::person(now, JANE).scope(read), 403, "wrong-principal"),
        (
            Token::operator(now, JANE).scope(read),
            403,
            "wrong-principal",
        ),
        (
            token(world).without("fairlead:partner"),
            403,
            "wrong-principal",
        ),
        (
            token(world).without("fairlead:agreement"),
            403,
            "wrong-principal",
        ),
        (
            token(world).without("fairlead:tenant"),
            403,
            "wrong-principal",
        ),
        (
            token(world).scope("fairlead/events.write"),
            403,
            "scope-missing",
        ),
        (token(world).claim("exp", 1), 401, "token-invalid"),
        (
            token(world).claim("iss", "https://elsewhere.example/pool"),
            401,
            "token-invalid",
        ),
        (token(world).claim("token_use", "id"), 401, "token-invalid"),
        (token(world).member("alg", "none"), 401, "token-invalid"),
    ]
}

#[test]
fn every_route_is_for_machines_with_the_scope_alone() {
    let world = world(1);
    for request in every_route(&world) {
        for (token, status, problem) in strangers(&world) {
            assert_problem(
                &send(&world, &with(&request, &token)),
                status,
                problem,
                None,
            );
        }
        let mut bare = request.clone();
        bare["headers"]
            .as_object_mut()
            .unwrap()
            .remove("authorization");
        assert_problem(&send(&world, &bare), 401, "token-needed", None);
    }
    assert!(receipts(&world).is_empty());
}

#[test]
fn nothing_but_the_token_says_who_asks() {
    let world = world(1);
    for mut request in every_route(&world) {
        request["requestContext"]["authorizer"] = json!({ "jwt": { "claims": {
            "fairlead:tenant": "airport", "fairlead:partner": "airline", "token_use": "access",
        } } });
        request["headers"]["fairlead-tenant"] = "airport".into();
        request["headers"]["fairlead-partner"] = "airline".into();
        request["queryStringParameters"] = json!({ "tenant": "airport", "partner": "airline" });
        assert_eq!(send(&world, &request)["statusCode"], 200);
    }
    for receipt in receipts(&world) {
        assert_eq!(receipt["tenant"], "harbour");
        assert_eq!(receipt["partner"], "chandlery");
    }
}

#[test]
fn a_consent_to_one_tenant_opens_nothing_to_another() {
    let world = world(1);
    world.put_row(
        "directory",
        json!({
            "tenant": "airport", "part": "purpose#newsletter", "display_name": "Newsletter",
            "legal_basis": "consent", "text_versions": ["2026-01"],
        }),
    );
    world.put_row(
        "directory",
        json!({
            "tenant": "airport", "part": "agreement#flights", "partner": "airline",
            "terms": { "newsletter": ["names"] },
        }),
    );
    let airline = Token::machine(world.clock().now(), "airport", "airline", "flights")
        .scope("fairlead/profile.read");
    for id in [JANE, JOAN, NOBODY] {
        let answer = send(&world, &with(&by_id(&world, id), &airline));
        assert_problem(&answer, 404, "no-such-person", None);
    }
}

#[test]
fn a_consent_to_one_purpose_opens_nothing_for_another() {
    let world = world(1);
    agree(
        &world,
        "letters",
        &json!({ "terms": { "survey": ["names"] } }),
    );
    decide(&world, JOAN, "survey", "granted", None);
    let of = |id: &str| {
        let mut asked = by_id(&world, id);
        asked["headers"]["fairlead-purpose"] = "survey".into();
        send(&world, &asked)
    };
    assert_problem(&of(JANE), 404, "no-such-person", None);
    assert_eq!(body(&of(JOAN))["data"], json!({ "given_name": "Joan" }));
}
