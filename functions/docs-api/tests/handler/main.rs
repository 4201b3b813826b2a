//! The handler on a simulated AWS: who sees what of the API, and in which form.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod elsewhere;
mod event_types;
mod older;
mod page;
mod visible;

use std::time::Duration;

use docs_api::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{World, tokens::Token};

const JANE: &str = "prf_01010101010171018101010101010101";

/// What `GET <path>` is answered, with this `Authorization` header.
fn get(world: &World, path: &str, authorization: Option<&str>) -> Value {
    let mut request = json!({
        "routeKey": format!("GET {path}"),
        "headers": {},
        "requestContext": { "requestId": "request-1" },
    });
    if let Some(authorization) = authorization {
        request["headers"]["authorization"] = authorization.into();
    }
    send(world, &request)
}

/// What a new process answers.
fn send(world: &World, request: &Value) -> Value {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
    let event = to_raw_value(request).unwrap();
    let invocation = world.invocation(Duration::from_secs(10));
    let answer = world.block_on(handle(&app, &event, invocation)).unwrap();
    serde_json::to_value(answer).unwrap()
}

/// What `token`, or nobody, sees by OpenAPI 3.1.
fn seen(world: &World, token: Option<&Token>) -> Value {
    document(world, "/openapi.json", token)
}

fn document(world: &World, path: &str, token: Option<&Token>) -> Value {
    let answer = get(world, path, token.map(Token::bearer).as_deref());
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(answer["headers"]["vary"], "authorization");
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

/// The keys of the routes that are in `document`.
fn routes(document: &Value) -> Vec<String> {
    let paths = document["paths"].as_object().unwrap().iter();
    let routes = paths.flat_map(|(path, operations)| {
        let methods = operations.as_object().unwrap().keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    routes.collect()
}
