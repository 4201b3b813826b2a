//! The handler on a simulated AWS: what operators see of the house, and of the flows between Salesforce and
//! Fairlead.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod flows;
mod house;
mod refusals;

use std::time::Duration;

use lambda_kit::aws::CallBudget;
use operations_api::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::{World, tokens::Token};

const OPERATOR: &str = "prf_019bc0e2128070000000000000000009";
const SCOPE: &str = "fairlead/operations.read";
const HOUSE: &str = "GET /v1/operations/house";
const FLOWS: &str = "GET /v1/operations/flows";

fn operator(world: &World) -> Token {
    Token::operator(world.clock().now(), OPERATOR).scope(SCOPE)
}

fn app(world: &World) -> App {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    App::new(&world.environment(), &sdk, world.clock()).unwrap()
}

fn request(token: &Token, route: &str, over: Option<&str>) -> Value {
    json!({
        "routeKey": route,
        "headers": { "authorization": token.bearer() },
        "queryStringParameters": over.map(|over| json!({ "over": over })),
        "requestContext": { "requestId": "request-1" },
    })
}

/// The answer's status, and its body.
fn send(world: &World, app: &App, request: &Value) -> (u64, Value) {
    let event = to_raw_value(request).unwrap();
    let invocation = world.invocation(Duration::from_secs(10));
    let answer = world.block_on(handle(app, &event, invocation)).unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    let body = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    (answer["statusCode"].as_u64().unwrap(), body)
}

/// What an operator sees.
fn see(world: &World, route: &str, over: Option<&str>) -> Value {
    let request = request(&operator(world), route, over);
    let (status, body) = send(world, &app(world), &request);
    assert_eq!(status, 200, "{body}");
    body
}

fn problem((status, body): &(u64, Value)) -> (u64, &str) {
    let kind = body["type"].as_str().unwrap_or_default();
    (*status, kind.rsplit('/').next().unwrap())
}

/// How often CloudWatch was asked.
fn asked(world: &World) -> usize {
    let calls = world.trace().into_iter();
    calls
        .filter(|traced| traced.call.operation == "GetMetricData")
        .count()
}
