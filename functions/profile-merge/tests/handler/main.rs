//! Operators make persons one and two again, on simulated AWS.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod identifiers;

use lambda_kit::aws::CallBudget;
use profile_merge::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::{
    Service, World,
    tokens::{SUB, Token},
};

const OLDER: &str = "prf_019bc0e2128070000000000000000001";
const YOUNGER: &str = "prf_019bc0e2128070000000000000000002";

fn profile(id: &str, name: &str, at: &str) -> Value {
    json!({
        "profile_id": id,
        "part": "profile",
        "version": 1,
        "fields": { "given_name": { "value": name, "at": at, "source": "person" } },
        "created_at": at,
        "updated_at": at,
        "last_request": "an earlier request",
    })
}

fn world() -> World {
    let world = World::new(1);
    world.put_row("profiles", profile(OLDER, "Jane", "2025-06-01T00:00:00Z"));
    world.put_row(
        "profiles",
        profile(YOUNGER, "Janet", "2025-07-01T00:00:00Z"),
    );
    world
}

fn operator(world: &World) -> Token {
    Token::operator(world.clock().now(), OLDER).scope("fairlead/profile.merge")
}

fn request(route: &str, token: &Token, body: &Value) -> Value {
    json!({
        "routeKey": route,
        "headers": { "authorization": token.bearer(), "content-type": "application/json" },
        "pathParameters": { "profile_id": OLDER },
        "body": body.to_string(),
        "requestContext": { "requestId": "request-1" },
    })
}

/// The answer's status and body.
fn send(world: &World, request: &Value) -> (u64, Value) {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(request).unwrap();
    let invocation = world.invocation(std::time::Duration::from_secs(10));
    let answer = world.block_on(handle(&app, &event, invocation)).unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    let body = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    (answer["statusCode"].as_u64().unwrap(), body)
}

fn asked(world: &World, route: &str, body: &Value) -> (u64, Value) {
    send(world, &request(route, &operator(world), body))
}

fn merge(world: &World) -> (u64, Value) {
    let both = json!({ "profiles": [YOUNGER, OLDER] });
    asked(world, "POST /v1/profiles/merge", &both)
}

#[test]
fn two_become_one_and_two_again() {
    let world = world();
    let (status, merged) = merge(&world);
    assert_eq!((status, &merged["profile_id"]), (200, &json!(OLDER)));
    let log = asked(&world, "GET /v1/profiles/{profile_id}/merges", &json!({})).1;
    assert_eq!(log["merges"][0]["merge_id"], merged["merge_id"]);
    assert_eq!(log["merges"][0]["by"], "operator");
    let split = json!({ "merge_id": merged["merge_id"] });
    let (status, split) = asked(&world, "POST /v1/profiles/{profile_id}/split", &split);
    assert_eq!((status, &split["restored_id"]), (200, &json!(YOUNGER)));
}

#[test]
fn the_log_says_who_made_two_one_and_who_made_them_two_again() {
    let world = world();
    let route = "POST /v1/profiles/merge";
    let both = json!({ "profiles": [YOUNGER, OLDER] });
    let merged = asked(&world, route, &both).1;
    let log = || asked(&world, "GET /v1/profiles/{profile_id}/merges", &json!({})).1;
    let told = log()["merges"][0].clone();
    assert_eq!(told["operator"], SUB);
    assert_eq!(told["request_id"], "request-1");
    assert_eq!(told.get("undone_by"), None);
    let another = "0d0f5f3c-7c4d-4b7e-9a55-6b1f0e2a1a11";
    let other = operator(&world).claim("sub", another);
    let other = other.claim("username", another);
    let undo = json!({ "merge_id": merged["merge_id"] });
    let mut undo = request("POST /v1/profiles/{profile_id}/split", &other, &undo);
    undo["requestContext"]["requestId"] = "request-2".into();
    let (status, answer) = send(&world, &undo);
    assert_eq!(status, 200, "{answer}");
    let told = log()["merges"][0].clone();
    assert_eq!([&told["operator"], &told["undone_by"]], [SUB, another]);
    assert_eq!(told["undone_by_request"], "request-2");
    let events: Vec<String> = world
        .rows("profiles")
        .iter()
        .filter_map(|row| row["event"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(events.len(), 2);
    assert!(
        events
            .iter()
            .all(|event| !event.contains(SUB) && !event.contains(another))
    );
}

#[test]
fn what_is_asked_again_is_answered_the_same() {
    let world = world();
    let merged = merge(&world);
    assert_eq!(merge(&world), merged);
    let split = json!({ "merge_id": merged.1["merge_id"] });
    let route = "POST /v1/profiles/{profile_id}/split";
    assert_eq!(asked(&world, route, &split), asked(&world, route, &split));
}

#[test]
fn under_a_key_a_merge_is_not_made_again_after_it_was_undone() {
    let world = world();
    let keyed = |route: &str, body: &Value| {
        let mut request = request(route, &operator(&world), body);
        request["headers"]["idempotency-key"] = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"".into();
        send(&world, &request)
    };
    let both = json!({ "profiles": [YOUNGER, OLDER] });
    let merged = keyed("POST /v1/profiles/merge", &both);
    let split = json!({ "merge_id": merged.1["merge_id"] });
    let route = "POST /v1/profiles/{profile_id}/split";
    let parted = keyed(route, &split);
    assert_eq!((merged.0, parted.0), (200, 200));
    let before = world.rows("profiles");
    assert_eq!(keyed("POST /v1/profiles/merge", &both), merged);
    assert_eq!(keyed(route, &split), parted);
    assert_eq!(world.rows("profiles"), before);
    let dry = json!({ "profiles": [YOUNGER, OLDER], "dry_run": true });
    let (status, problem) = keyed("POST /v1/profiles/merge", &dry);
    assert_eq!(status, 422, "{problem}");
}

#[test]
fn a_dry_run_says_what_would_be_and_writes_nothing() {
    let world = world();
    let before = world.rows("profiles");
    let body = json!({ "profiles": [OLDER, YOUNGER], "dry_run": true });
    let (status, preview) = asked(&world, "POST /v1/profiles/merge", &body);
    assert_eq!(status, 200);
    assert_eq!(
        preview,
        json!({
            "dry_run": true,
            "profile_id": OLDER,
            "absorbed_id": YOUNGER,
            "fields": [{ "field": "given_name", "from": YOUNGER }],
            "consents": [],
            "identifiers": 0,
        })
    );
    assert_eq!(world.rows("profiles"), before);
}

#[test]
fn only_operators_with_the_scope_may() {
    let world = world();
    let body = json!({ "profiles": [OLDER, YOUNGER] });
    let now = world.clock().now();
    let person = Token::person(now, OLDER).scope("fairlead/profile.merge");
    let machine = Token::machine(now, "harbour", "post", "parcels").scope("fairlead/profile.merge");
    let without_scope = Token::operator(now, OLDER).scope("fairlead/profile.read");
    for token in [person, machine, without_scope] {
        let (status, _) = send(&world, &request("POST /v1/profiles/merge", &token, &body));
        assert_eq!(status, 403);
    }
    let mut nobody = request("POST /v1/profiles/merge", &operator(&world), &body);
    nobody["headers"]["authorization"] = Value::Null;
    nobody["headers"]
        .as_object_mut()
        .unwrap()
        .remove("authorization");
    assert_eq!(send(&world, &nobody).0, 401);
    assert_eq!(world.rows("profiles").len(), 2);
}

#[test]
fn what_is_wrong_is_refused_and_named() {
    let world = world();
    let refused = |route: &str, body: Value| {
        let (status, problem) = asked(&world, route, &body);
        let name = problem["type"].as_str().unwrap().rsplit('/').next();
        (status, name.unwrap().to_owned())
    };
    let merge = "POST /v1/profiles/merge";
    let named = |status: u64, name: &str| (status, name.to_owned());
    assert_eq!(
        refused(merge, json!({ "profiles": [OLDER, OLDER] })),
        named(400, "invalid-field")
    );
    assert_eq!(
        refused(merge, json!({ "profiles": [OLDER] })),
        named(400, "malformed-body")
    );
    let stranger = "prf_019bc0e2128070000000000000000003";
    assert_eq!(
        refused(merge, json!({ "profiles": [OLDER, stranger] })),
        named(404, "no-such-profile")
    );
    let never = json!({ "merge_id": "mrg_019bc0e2128070000000000000000003" });
    assert_eq!(
        refused("POST /v1/profiles/{profile_id}/split", never),
        named(404, "no-such-merge")
    );
}

#[test]
fn an_outage_is_told_with_a_time_to_come_back() {
    let world = world();
    world.faults().down(Service::DynamoDb);
    let (status, problem) = merge(&world);
    assert_eq!(status, 503);
    assert!(problem["type"].as_str().unwrap().ends_with("/unavailable"));
}
