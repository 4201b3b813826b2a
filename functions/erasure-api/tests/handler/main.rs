//! People ask to be erased and take it back, partners acknowledge, on simulated AWS.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod machines;
mod operators;
mod repeating;

use std::time::Duration;

use erasure::ErasureIdSource;
use erasure_api::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Service, World, sale, tokens::Token};

const ROOT: &str = "prf_019bc0e2128070000000000000000001";
const MEMBER: &str = "prf_019bc0e2128070000000000000000002";
const NOBODY: &str = "era_00000000000000000000000000000000";

/// A person of two members.
fn world() -> World {
    let world = World::new(1);
    for partner in ["chandlery", "sailmaker"] {
        let row = Token::client_row("harbour", partner, "letters");
        world.put_row("directory", row);
    }
    for (id, closed) in [(ROOT, None), (MEMBER, Some(ROOT))] {
        let mut row = json!({
            "profile_id": id,
            "part": "profile",
            "version": 1,
            "fields": {},
            "created_at": "2025-06-01T00:00:00Z",
            "updated_at": "2025-06-01T00:00:00Z",
            "last_request": "an earlier request",
        });
        if let Some(root) = closed {
            row["closed"] = "merged".into();
            row["merged_into"] = root.into();
        }
        world.put_row("profiles", row);
    }
    world
}

/// The claims that API Gateway verified.
fn person(member: &str, scope: &str) -> Value {
    json!({
        "sub": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
        "username": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
        "client_id": testkit::tokens::WEB_CLIENT,
        "iss": testkit::tokens::TOKEN_ISSUER,
        "token_use": "access",
        "scope": format!("openid fairlead/profile.{scope}"),
        "fairlead:profile": ROOT,
        "fairlead:member": member,
    })
}

fn app(world: &World) -> App {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let ids = world.ids();
    let erasure_ids = ErasureIdSource::from_fn(move || Some(ids.uuid().into_bytes()));
    App::new(
        &world.environment(),
        &sdk,
        world.clock(),
        world.ids(),
        erasure_ids,
    )
    .unwrap()
}

/// The answer's status and body, by a process of its own.
fn send(world: &World, request: &Value) -> (u64, Value) {
    send_to(&app(world), world, request)
}

/// The same by the process that has `app`.
fn send_to(app: &App, world: &World, request: &Value) -> (u64, Value) {
    let answer = whole_answer(app, world, request);
    let body = answer["body"]
        .as_str()
        .map(|body| serde_json::from_str(body).unwrap());
    (
        answer["statusCode"].as_u64().unwrap(),
        body.unwrap_or_default(),
    )
}

/// The answer as API Gateway gets it.
fn whole_answer(app: &App, world: &World, request: &Value) -> Value {
    let event = to_raw_value(request).unwrap();
    let invocation = world.invocation(Duration::from_secs(10));
    let answer = world.block_on(handle(app, &event, invocation)).unwrap();
    serde_json::to_value(answer).unwrap()
}

fn by_person(world: &World, route: &str, claims: &Value) -> (u64, Value) {
    send(world, &of_person(route, claims))
}

fn of_person(route: &str, claims: &Value) -> Value {
    let authorizer = json!({ "jwt": { "claims": claims } });
    let context = json!({ "requestId": "request-1", "authorizer": authorizer });
    json!({ "routeKey": route, "headers": {}, "requestContext": context })
}

/// The same with both scopes, by the app of `harbour` in a browser with Global Privacy Control.
fn with_gpc(world: &World, route: &str, member: &str) -> (u64, Value) {
    let mut claims = person(member, "read fairlead/profile.write");
    claims["fairlead:tenant"] = "harbour".into();
    let authorizer = json!({ "jwt": { "claims": claims } });
    let context = json!({ "requestId": "request-1", "authorizer": authorizer });
    let headers = json!({ "sec-gpc": "1" });
    let request = json!({ "routeKey": route, "headers": headers, "requestContext": context });
    send(world, &request)
}

fn asks(world: &World) -> (u64, Value) {
    by_person(world, "DELETE /v1/me", &person(MEMBER, "write"))
}

fn by_machine(world: &World, route: &str, partner: &str, id: &str) -> (u64, Value) {
    send(world, &of_machine(world, route, partner, id))
}

fn of_machine(world: &World, route: &str, partner: &str, id: &str) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", partner, "letters");
    let token = token.scope("fairlead/profile.read");
    json!({
        "routeKey": route,
        "headers": { "authorization": token.bearer() },
        "pathParameters": { "erasure_id": id },
        "requestContext": { "requestId": "request-1" },
    })
}

fn by_anybody(world: &World, route: &str, id: &str) -> (u64, Value) {
    let request = json!({
        "routeKey": route,
        "pathParameters": { "erasure_id": id },
        "requestContext": { "requestId": "request-1" },
    });
    send(world, &request)
}

fn profile(world: &World, id: &str) -> Value {
    let mut rows = world.rows("profiles").into_iter();
    rows.find(|row| row["profile_id"] == id && row["part"] == "profile")
        .unwrap()
}

/// The state of the erasure, as if the state machine had brought it there.
fn is_at(world: &World, state: &str) {
    let rows = world.rows("erasures").into_iter();
    for mut row in rows.filter(|row| row["part"] == "erasure") {
        row["state"] = state.into();
        world.put_row("erasures", row);
    }
}

#[test]
fn who_asks_is_closed_at_once_and_told_how_to_go_on() {
    let world = world();
    // In the middle of a second: the way back stays open until the next whole one.
    world.advance(Duration::from_millis(500));
    let (status, begun) = asks(&world);
    assert_eq!((status, &begun["state"]), (202, &json!("requested")));
    assert_eq!(begun["removal_at"], "2026-01-15T10:00:01Z");
    let root = profile(&world, ROOT);
    assert_eq!(
        (&root["closed"], &root["erasure_id"]),
        (&json!("erasing"), &begun["erasure_id"])
    );
    let (_, own) = by_person(&world, "GET /v1/me/erasure", &person(MEMBER, "read"));
    let id = begun["erasure_id"].as_str().unwrap();
    assert_eq!(
        own,
        by_anybody(&world, "GET /v1/erasures/{erasure_id}", id).1
    );
    assert_eq!(own["erasure_id"], id);
    let (status, _) = by_anybody(&world, "GET /v1/erasures/{erasure_id}/certificate", id);
    assert_eq!(status, 404);
}

#[test]
fn asking_again_tells_of_the_same_erasure_and_changes_nothing() {
    let world = world();
    let (_, begun) = asks(&world);
    let before = [world.rows("profiles"), world.rows("erasures")];
    assert_eq!(asks(&world).1["erasure_id"], begun["erasure_id"]);
    assert_eq!([world.rows("profiles"), world.rows("erasures")], before);
}

#[test]
fn who_takes_it_back_is_as_before_and_may_ask_anew() {
    let world = world();
    let before = profile(&world, ROOT);
    let (_, begun) = asks(&world);
    let back = || by_person(&world, "DELETE /v1/me/erasure", &person(MEMBER, "write")).0;
    assert_eq!((back(), back()), (204, 204));
    assert_eq!(profile(&world, ROOT), before);
    assert_eq!(
        by_person(&world, "GET /v1/me/erasure", &person(ROOT, "read")).0,
        404
    );
    let id = begun["erasure_id"].as_str().unwrap();
    let (_, told) = by_anybody(&world, "GET /v1/erasures/{erasure_id}", id);
    assert_eq!(told["state"], "withdrawn");
    assert_ne!(asks(&world).1["erasure_id"], begun["erasure_id"]);
}

#[test]
fn once_something_is_gone_it_can_not_be_taken_back() {
    let world = world();
    asks(&world);
    is_at(&world, "erasing");
    let before = world.rows("profiles");
    let (status, problem) = by_person(&world, "DELETE /v1/me/erasure", &person(ROOT, "write"));
    assert_eq!(status, 409);
    assert!(
        problem["type"]
            .as_str()
            .unwrap()
            .ends_with("/erasure-under-way")
    );
    assert_eq!(world.rows("profiles"), before);
}

#[test]
fn each_route_is_for_its_own() {
    let world = world();
    for route in ["DELETE /v1/me", "DELETE /v1/me/erasure"] {
        assert_eq!(
            by_person(&world, route, &person(ROOT, "read")).0,
            403,
            "{route}"
        );
    }
    assert_eq!(
        by_person(&world, "GET /v1/me/erasure", &person(ROOT, "write")).0,
        403
    );
    for route in ["GET /v1/erasures", "POST /v1/erasures/{erasure_id}/ack"] {
        assert_eq!(by_anybody(&world, route, NOBODY).0, 401, "{route}");
        let now = world.clock().now();
        let bearer = Token::person(now, ROOT)
            .scope("fairlead/profile.read")
            .bearer();
        let request = json!({
            "routeKey": route,
            "headers": { "authorization": bearer },
            "requestContext": { "requestId": "request-1" },
        });
        assert_eq!(send(&world, &request).0, 403, "{route}");
    }
    assert_eq!(by_anybody(&world, "DELETE /v1/me", "").0, 401);
    assert_eq!(world.rows("erasures"), Vec::<Value>::new());
}

#[test]
fn an_outage_is_told_with_a_time_to_come_back() {
    let world = world();
    world.faults().down(Service::DynamoDb);
    let (status, problem) = asks(&world);
    assert_eq!(status, 503);
    assert!(problem["type"].as_str().unwrap().ends_with("/unavailable"));
}

#[test]
fn a_browser_that_says_no_to_sale_withdraws_it_here_too() {
    for route in [
        "DELETE /v1/me",
        "GET /v1/me/erasure",
        "DELETE /v1/me/erasure",
    ] {
        let world = world();
        sale::grant(&world, ROOT);
        let (status, answer) = with_gpc(&world, route, MEMBER);
        assert!(status < 500, "{answer}");
        assert!(!sale::is_granted(&world, ROOT), "{route}");
    }
}

#[test]
fn of_whoever_is_closed_nothing_is_withdrawn_and_they_are_answered() {
    for member in [ROOT, MEMBER] {
        let world = world();
        sale::grant(&world, ROOT);
        asks(&world);
        let before = world.rows("profiles");
        assert_eq!(with_gpc(&world, "GET /v1/me/erasure", member).0, 200);
        assert_eq!(world.rows("profiles"), before);
        assert_eq!(with_gpc(&world, "DELETE /v1/me/erasure", member).0, 204);
        assert!(sale::is_granted(&world, ROOT));
    }
}
