use rstest::rstest;
use serde_json::json;
use testkit::{
    World,
    tokens::{Token, WEB_CLIENT},
};

use crate::{JANE, get, routes, seen};

/// Routes that are open to everyone.
const OPEN: [&str; 5] = [
    "GET /docs",
    "GET /openapi.json",
    "GET /openapi-3.0.json",
    "GET /v1/erasures/{erasure_id}",
    "GET /v1/erasures/{erasure_id}/certificate",
];

/// A token, and a few of the routes that it opens and of those that it does not.
type Case = (
    fn(&World) -> Token,
    &'static [&'static str],
    &'static [&'static str],
);

#[test]
fn each_kind_of_caller_sees_what_its_scopes_open() {
    let world = World::new(1);
    let cases: [Case; 7] = [
        (
            |world| person(world).scope("fairlead/profile.read"),
            &["GET /v1/me", "GET /v1/me/receipts"],
            &[
                "PATCH /v1/me",
                "GET /v1/receipts",
                "GET /v1/profiles/{profile_id}",
            ],
        ),
        (
            |world| person(world).scope("fairlead/profile.read fairlead/profile.write"),
            &["GET /v1/me", "PATCH /v1/me", "POST /v1/identify"],
            &["POST /v1/profiles/merge", "POST /v1/profiles/resolve"],
        ),
        (
            |world| machine(world).scope("fairlead/profile.read"),
            &[
                "GET /v1/profiles/{profile_id}",
                "POST /v1/profiles/batch",
                "GET /v1/erasures",
            ],
            &["GET /v1/me", "POST /v1/profiles/merge"],
        ),
        (
            |world| {
                machine(world)
                    .without("fairlead:agreement")
                    .scope("fairlead/profile.read fairlead/profile.identify")
            },
            &["GET /v1/erasures", "POST /v1/erasures/{erasure_id}/ack"],
            &["GET /v1/profiles/{profile_id}", "GET /v1/me"],
        ),
        (
            |world| machine(world).scope("fairlead/profile.identify"),
            &["POST /v1/identify"],
            &["GET /v1/me", "POST /v1/profiles/batch"],
        ),
        (
            |world| operator(world).scope("fairlead/profile.merge fairlead/profile.read"),
            &["POST /v1/profiles/merge", "POST /v1/profiles/resolve"],
            &[
                "GET /v1/me",
                "GET /v1/receipts",
                "PATCH /v1/me",
                "POST /v1/profiles/batch",
            ],
        ),
        (
            |world| operator(world).scope("fairlead/receipts.read"),
            &["GET /v1/receipts", "GET /v1/receipts/summary"],
            &["POST /v1/profiles/merge", "GET /v1/me"],
        ),
    ];
    for (token, opens, does_not) in cases {
        let token = token(&world);
        let routes = routes(&seen(&world, Some(&token)));
        let has = |route: &&str| routes.iter().any(|each| each == route);
        assert!(
            opens.iter().chain(&OPEN).all(has),
            "{:?}: {routes:?}",
            token.claims
        );
        assert!(!does_not.iter().any(has), "{:?}: {routes:?}", token.claims);
    }
}

#[test]
fn of_peoples_routes_one_sees_those_whose_authorizer_takes_the_token() {
    let world = World::new(1);
    let scopes = "fairlead/profile.read fairlead/profile.write fairlead/profile.merge";
    let by_operators_client = operator(&world).scope(scopes);
    let by_web_client = operator(&world)
        .claim("client_id", WEB_CLIENT)
        .scope(scopes);
    let behind_it = |routes: &[String]| routes.iter().any(|route| route.contains("/v1/me"));
    let has = |routes: &[String], route: &str| routes.iter().any(|each| each == route);
    // By the people's client an operator is a person like any other.
    for (token, is_a_person) in [(by_operators_client, false), (by_web_client, true)] {
        let routes = routes(&seen(&world, Some(&token)));
        assert_eq!(behind_it(&routes), is_a_person, "{routes:?}");
        assert_eq!(has(&routes, "POST /v1/profiles/merge"), !is_a_person);
        // Its function verifies the token itself, whichever client it is for.
        assert!(has(&routes, "POST /v1/identify"), "{routes:?}");
    }
}

#[test]
fn without_a_token_one_sees_what_is_open_to_everyone_and_how_to_get_in() {
    let world = World::new(1);
    let seen = seen(&world, None);
    let mut routes = routes(&seen);
    routes.sort();
    let mut open = OPEN;
    open.sort_unstable();
    assert_eq!(routes, open);
    let about = seen["info"]["description"].as_str().unwrap();
    assert!(about.contains("Authorization: Bearer"), "{about}");
    assert_eq!(seen["components"]["securitySchemes"], json!({}));
}

#[test]
fn whom_fairlead_does_not_know_sees_what_everyone_sees() {
    let world = World::new(1);
    let mut token = person(&world).scope("fairlead/profile.read");
    token.claims.remove("fairlead:profile");
    assert_eq!(seen(&world, Some(&token)), seen(&world, None));
}

#[rstest]
#[case("Bearer")]
#[case("Bearer e30.e30.e30")]
#[case("Basic QWRhOmFkYQ==")]
fn a_token_that_is_wrong_is_not_taken_for_none(#[case] authorization: &str) {
    let world = World::new(1);
    for path in ["/docs", "/openapi.json", "/openapi-3.0.json"] {
        let answer = get(&world, path, Some(authorization));
        assert_eq!(answer["statusCode"], 401);
        let body = answer["body"].as_str().unwrap();
        assert!(
            body.contains("https://fairlead.dev/problems/token-invalid"),
            "{body}"
        );
    }
}

#[test]
fn what_only_others_need_is_left_out() {
    let world = World::new(1);
    let token = machine(&world).scope("fairlead/profile.identify");
    let seen = seen(&world, Some(&token));
    let schemas = &seen["components"]["schemas"];
    assert!(schemas.get("IdentifyRequest").is_some());
    assert!(schemas.get("ReceiptsResponse").is_none());
    let tags = seen["tags"].as_array().unwrap().iter();
    let tags: Vec<_> = tags.map(|tag| tag["name"].as_str().unwrap()).collect();
    assert_eq!(tags, ["everyone", "partners"]);
}

#[test]
fn whoever_has_no_token_yet_is_sent_to_this_deployments_user_pool() {
    let world = World::new(1);
    let token = person(&world).scope("fairlead/profile.read");
    let scheme = &seen(&world, Some(&token))["components"]["securitySchemes"]["person"];
    let issuer = testkit::tokens::TOKEN_ISSUER;
    assert_eq!(
        scheme["openIdConnectUrl"],
        format!("{issuer}/.well-known/openid-configuration")
    );
}

fn person(world: &World) -> Token {
    Token::person(world.clock().now(), JANE)
}

fn operator(world: &World) -> Token {
    Token::operator(world.clock().now(), JANE)
}

fn machine(world: &World) -> Token {
    Token::machine(
        world.clock().now(),
        "harbour",
        "chandlery",
        "chandlery-2026",
    )
}
