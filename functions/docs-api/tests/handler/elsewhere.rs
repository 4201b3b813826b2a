use rstest::rstest;
use serde_json::{Value, json};
use testkit::World;

use crate::send;

/// What is answered to a request that no route matches.
fn unmatched(world: &World, method: &str, path: &str) -> Value {
    let request = json!({
        "routeKey": "$default",
        "rawPath": path,
        "headers": { "authorization": "Bearer e30.e30.e30" },
        "requestContext": {
            "requestId": "request-1",
            "http": { "method": method, "path": path },
        },
    });
    send(world, &request)
}

fn name(answer: &Value) -> String {
    assert_eq!(
        answer["headers"]["content-type"],
        "application/problem+json"
    );
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let kind = body["type"].as_str().unwrap().to_owned();
    kind.rsplit('/').next().unwrap().to_owned()
}

#[rstest]
#[case("PUT", "/v1/me", "DELETE, GET, PATCH")]
#[case("HEAD", "/docs", "GET")]
#[case("OPTIONS", "/v1/identify", "POST")]
#[case("PUT", "/v1/me/datasets/settings", "DELETE, GET, PATCH")]
#[case("DELETE", "/v1/profiles/resolve", "GET, POST")]
fn a_path_without_the_method_says_which_it_has(
    #[case] method: &str,
    #[case] path: &str,
    #[case] allowed: &str,
) {
    let world = World::new(1);
    let answer = unmatched(&world, method, path);
    assert_eq!(answer["statusCode"], 405);
    assert_eq!(name(&answer), "method-not-allowed");
    assert_eq!(answer["headers"]["allow"], allowed);
    assert!(world.trace().is_empty());
}

#[rstest]
#[case("/")]
#[case("")]
#[case("/v1/mee")]
#[case("/v1/me/")]
#[case("/v1/me/datasets/a/b")]
#[case("/v1//merges")]
#[case("/v1/profiles/{profile_id}/nothing")]
fn a_path_that_is_none_is_a_problem_document_like_any_other(#[case] path: &str) {
    let world = World::new(1);
    let answer = unmatched(&world, "GET", path);
    assert_eq!(answer["statusCode"], 404);
    assert_eq!(name(&answer), "no-such-route");
    assert_eq!(answer["headers"].get("allow"), None);
    assert!(world.trace().is_empty());
}
