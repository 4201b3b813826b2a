//! The handler on a simulated AWS: who may say who somebody is, what becomes of it, and what the
//! answer tells.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod devices;
mod machines;
mod people;
mod refusals;
mod repeating;
mod sdks;

use std::time::Duration;

use lambda_kit::aws::CallBudget;
use profile_identify::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::{World, tokens::Token};

const JANE: &str = "prf_01010101010171018101010101010101";
const JOAN: &str = "prf_02020202020272028202020202020202";
const DEVICE: &str = "d3b07384d113edec49eaa6238ad5ff00";
const ADDRESS: &str = "jane@example.com";

/// A world in which Jane and Joan have logins.
fn world() -> World {
    let world = World::new(1);
    for partner in ["crm", "shop"] {
        let row = Token::client_row("harbour", partner, "visitors-2026");
        world.put_row("directory", row);
    }
    for id in [JANE, JOAN] {
        world.put_row(
            "profiles",
            json!({
                "profile_id": id,
                "part": "profile",
                "version": 3,
                "fields": {},
                "known_by": ["login"],
                "created_at": "2025-06-01T00:00:00Z",
                "updated_at": "2025-06-02T00:00:00Z",
                "last_request": "an earlier request",
            }),
        );
    }
    world
}

fn person(world: &World, id: &str) -> Token {
    Token::person(world.clock().now(), id).scope("openid fairlead/profile.write")
}

fn machine(world: &World, partner: &str) -> Token {
    Token::machine(world.clock().now(), "harbour", partner, "visitors-2026")
        .scope("fairlead/profile.identify")
}

fn request(token: &Token, body: &Value) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "POST /v1/identify",
        "rawPath": "/v1/identify",
        "headers": { "authorization": token.bearer(), "content-type": "application/json" },
        "requestContext": { "requestId": "request-1" },
        "body": body.to_string(),
        "isBase64Encoded": false,
    })
}

/// What a new process answers.
fn send(world: &World, request: &Value) -> Value {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(request).unwrap();
    let invocation = world.invocation(Duration::from_secs(10));
    let answer = world.block_on(handle(&app, &event, invocation));
    serde_json::to_value(answer.unwrap()).unwrap()
}

fn says(world: &World, token: &Token, body: &Value) -> Value {
    send(world, &request(token, body))
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

/// The answer is the problem `name`.
fn assert_problem(answer: &Value, status: u16, name: &str, field: Option<&str>) {
    let problem = body(answer);
    assert_eq!(answer["statusCode"], status, "{problem}");
    assert_eq!(
        problem["type"],
        format!("https://fairlead.dev/problems/{name}")
    );
    assert_eq!(
        problem.get("field").and_then(Value::as_str),
        field,
        "{problem}"
    );
}

/// All rows of both tables.
fn rows(world: &World) -> [Vec<Value>; 2] {
    ["profiles", "identifiers"].map(|table| world.rows(table))
}
