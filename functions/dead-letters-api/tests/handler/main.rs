//! The handler on a simulated AWS: what an operator sees of dead letters, and how they get back.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod looking;
mod redriving;
mod refusals;
mod streams;

use std::time::Duration;

use dead_letters_api::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{World, tokens::Token};

const OPERATOR: &str = "prf_019bc0e2128070000000000000000009";
const SCOPES: &str = "fairlead/dead-letters.read fairlead/dead-letters.redrive";
const LIST: &str = "GET /v1/dead-letters";
const SHOW: &str = "GET /v1/dead-letters/{queue}";
const REDRIVE: &str = "POST /v1/dead-letters/{queue}/redrive";
/// Where what event-router failed on lies.
const QUEUE: &str = "events-in-dead-letters";
/// Where it comes from.
const SOURCE: &str = "events-in";

/// What the bus says of an event, as a rule hands it on.
fn announced(id: &str) -> String {
    json!({
        "version": "0",
        "detail-type": "com.example.order.placed.v1",
        "detail": {
            "id": id,
            "dataref": "fairlead:event:harbour#x",
            "source": "/shops/canary",
            "tenantid": "harbour",
            "correlationid": "request-0",
        },
    })
    .to_string()
}

/// A world in which event-router failed on as many messages.
fn world(messages: usize) -> World {
    let world = World::new(1);
    for n in 0..messages {
        let body = announced(&n.to_string());
        world.engines().put_message(QUEUE, &body, &[], 5);
    }
    world
}

fn operator(world: &World) -> Token {
    Token::operator(world.clock().now(), OPERATOR).scope(SCOPES)
}

fn request(token: &Token, route: &str, queue: &str, body: &Value) -> Value {
    json!({
        "routeKey": route,
        "headers": { "authorization": token.bearer(), "content-type": "application/json" },
        "pathParameters": { "queue": queue },
        "body": if body.is_null() { Value::Null } else { body.to_string().into() },
        "requestContext": { "requestId": "request-1" },
    })
}

/// The answer's status, and its body.
fn send(world: &World, request: &Value) -> (u64, Value) {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(request).unwrap();
    let invocation = world.invocation(Duration::from_secs(10));
    let answer = world.block_on(handle(&app, &event, invocation)).unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    let body = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    (answer["statusCode"].as_u64().unwrap(), body)
}

fn show(world: &World, queue: &str) -> Value {
    let (status, body) = send(world, &request(&operator(world), SHOW, queue, &Value::Null));
    assert_eq!(status, 200, "{body}");
    body
}

fn redrive(world: &World, queue: &str, body: &Value) -> Value {
    let (status, body) = send(world, &request(&operator(world), REDRIVE, queue, body));
    assert_eq!(status, 200, "{body}");
    body
}

fn all() -> Value {
    json!({ "all": true })
}

/// What became of each message.
fn outcomes(redriven: &Value) -> Vec<&str> {
    let messages = redriven["messages"].as_array().unwrap().iter();
    messages
        .map(|message| message["outcome"].as_str().unwrap())
        .collect()
}

/// How many messages lie in a queue.
fn left(world: &World, queue: &str) -> usize {
    world.engines().held_messages(queue).len()
}

fn problem((status, body): &(u64, Value)) -> (u64, &str) {
    let kind = body["type"].as_str().unwrap_or_default();
    (*status, kind.rsplit('/').next().unwrap())
}
