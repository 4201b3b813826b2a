//! The handler on a simulated AWS: what devices push and pull, what they are told when they meet,
//! what is refused and in which words, and that nobody reaches another person's datasets.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod authority;
mod binary;
mod conflicts;
mod deleting;
mod devices;
mod global_privacy_control;
mod limits;
mod outage;
mod pulling;
mod pushing;
mod refusals;
mod repeating;

use std::time::Duration;

use lambda_kit::aws::CallBudget;
use profile_datasets::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::World;

const JANE: &str = "prf_01010101010171018101010101010101";
const JOAN: &str = "prf_02020202020272028202020202020202";

const LIST: &str = "GET /v1/me/datasets";
const PULL: &str = "GET /v1/me/datasets/{name}";
const PUSH: &str = "PATCH /v1/me/datasets/{name}";
const DELETE: &str = "DELETE /v1/me/datasets/{name}";

/// A world in which Jane and Joan have profiles.
fn world(seed: u64) -> World {
    let world = World::new(seed);
    for id in [JANE, JOAN] {
        world.put_row("profiles", profile(id));
    }
    world
}

fn profile(id: &str) -> Value {
    json!({
        "profile_id": id,
        "part": "profile",
        "version": 3,
        "fields": {},
        "created_at": "2025-06-01T00:00:00Z",
        "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
    })
}

/// Jane's profile is closed, and why.
fn close(world: &World, why: &str) {
    let mut row = profile(JANE);
    row["closed"] = why.into();
    world.put_row("profiles", row);
}

/// A request to `route` about the dataset `settings`, by Jane with her access token.
fn request(route: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": route,
        "headers": { "authorization": "Bearer synthetic", "host": "api.example" },
        "pathParameters": { "name": "settings" },
        "requestContext": {
            "requestId": "request-1",
            "authorizer": { "jwt": { "claims": {
                "sub": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
                "username": "jane",
                "client_id": testkit::tokens::WEB_CLIENT,
                "iss": testkit::tokens::TOKEN_ISSUER,
                "token_use": "access",
                "scope": "openid fairlead/profile.read fairlead/profile.write",
                "fairlead:profile": JANE,
                "fairlead:tenant": "harbour",
            } } },
        },
        "isBase64Encoded": false,
    })
}

/// A push of `changes`: key, value and the version that was seen.
fn push(changes: &[(&str, Option<&str>, u64)]) -> Value {
    let changes: Vec<Value> = changes
        .iter()
        .map(|(key, value, version)| json!({ "key": key, "value": value, "version": version }))
        .collect();
    let mut request = request(PUSH);
    request["headers"]["content-type"] = "application/json".into();
    request["body"] = json!({ "device": "phone", "changes": changes })
        .to_string()
        .into();
    request
}

fn pull(since: u64) -> Value {
    let mut request = request(PULL);
    request["queryStringParameters"] = json!({ "since": since.to_string() });
    request
}

/// The same request about another dataset.
fn of(name: &str, mut request: Value) -> Value {
    request["pathParameters"]["name"] = name.into();
    request
}

fn claims(request: &mut Value) -> &mut Value {
    &mut request["requestContext"]["authorizer"]["jwt"]["claims"]
}

/// What a new process answers.
async fn answer(world: &World, request: &Value) -> Value {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(request).unwrap();
    let answer = handle(&app, &event, world.invocation(Duration::from_secs(10))).await;
    serde_json::to_value(answer.unwrap()).unwrap()
}

fn send(world: &World, request: &Value) -> Value {
    world.block_on(answer(world, request))
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

/// The body of an answer that grants the request.
fn granted(world: &World, request: &Value) -> Value {
    let answer = send(world, request);
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let body = body(&answer);
    if let Some(version) = body.get("version") {
        assert_eq!(answer["headers"]["etag"], format!("\"{version}\""));
    }
    body
}

fn version(body: &Value) -> u64 {
    body["version"].as_u64().unwrap()
}

/// Keys and values of a pull.
fn values(pulled: &Value) -> Vec<(&str, Option<&str>)> {
    let records = pulled["records"].as_array().unwrap().iter();
    records
        .map(|record| (record["key"].as_str().unwrap(), record["value"].as_str()))
        .collect()
}

/// The answer is the problem `name`, and it is told as one.
fn assert_problem(answer: &Value, status: u16, name: &str, field: Option<&str>) {
    let problem = body(answer);
    assert_eq!(answer["statusCode"], status, "{problem}");
    assert_eq!(
        answer["headers"]["content-type"],
        "application/problem+json"
    );
    assert_eq!(answer["headers"]["cache-control"], "no-store");
    assert_eq!(
        problem["type"],
        format!("https://fairlead.dev/problems/{name}")
    );
    assert_eq!(problem["status"], status);
    assert!(problem["title"].is_string());
    assert_eq!(
        problem.get("field").and_then(Value::as_str),
        field,
        "{problem}"
    );
}

/// The parts of a person's datasets.
fn parts(world: &World, id: &str) -> Vec<String> {
    let rows = world.rows("profiles").into_iter();
    rows.filter(|row| row["profile_id"] == id)
        .map(|row| row["part"].as_str().unwrap().to_owned())
        .filter(|part| part.starts_with("dataset"))
        .collect()
}
