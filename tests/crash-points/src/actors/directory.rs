//! Operators around directory-api and directory-clients.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use tenancy::WriteKeySource;
use testkit::{World, delivery, tokens::Token};

/// The operator's own profile.
const OPERATOR: &str = "prf_019bc0e2128070000000000000000009";

/// On top of what an operator writes.
#[derive(Debug, Clone, Copy)]
pub enum On {
    /// It is not there yet.
    Nothing,
    /// It is there, at this version.
    Version(u64),
}

fn request(world: &World, route: &str, key: &str, parameters: &Value, body: &Value) -> Value {
    let token = Token::operator(world.clock().now(), OPERATOR);
    let token = token
        .scope("fairlead/directory.read fairlead/directory.write fairlead/identifier-rules.write");
    let body = if body.is_null() {
        Value::Null
    } else {
        body.to_string().into()
    };
    json!({
        "routeKey": route,
        "headers": {
            "authorization": token.bearer(),
            "content-type": "application/json",
            "idempotency-key": key,
        },
        "pathParameters": parameters,
        "body": body,
        "requestContext": { "requestId": "" },
    })
}

/// The status of an answer and what it says.
fn told(answer: &Value) -> Value {
    let body = answer.get("body").and_then(Value::as_str);
    let body: Option<Value> = body.and_then(|body| serde_json::from_str(body).ok());
    json!({ "status": answer.get("statusCode"), "body": body })
}

/// An operator of the harbour defines something under an idempotency key, and repeats that until it
/// is answered.
pub async fn defines(
    world: &World,
    key: &str,
    (kind, name): (&str, &str),
    on: On,
    body: Value,
) -> Value {
    let route = match kind {
        "tenant" => "PUT /v1/directory/{tenant}",
        "partner" => "PUT /v1/directory/{tenant}/partners/{partner}",
        "purpose" => "PUT /v1/directory/{tenant}/purposes/{purpose}",
        "language" => "PUT /v1/directory/{tenant}/messages/{kind}/{language}",
        "rules" => "PUT /v1/identifier-rules",
        "source" => "PUT /v1/directory/{tenant}/hooks/{partner}/{source}",
        "fan-out" => "PUT /v1/directory/{tenant}/fan-outs/{partner}",
        _ => "PUT /v1/directory/{tenant}/agreements/{agreement}",
    };
    let mut parameters = json!({ "tenant": "harbour", "kind": "sign-up", "partner": "chandlery" });
    if let Some(parameters) = parameters.as_object_mut() {
        parameters.insert(kind.to_owned(), name.into());
    }
    let mut request = request(world, route, key, &parameters, &body);
    let (header, tag) = match on {
        On::Nothing => ("if-none-match", "*".to_owned()),
        On::Version(version) => ("if-match", format!("\"{version}\"")),
    };
    if let Some(headers) = request.get_mut("headers").and_then(Value::as_object_mut) {
        headers.insert(header.to_owned(), tag.into());
    }
    definitions(world, request, 0).await
}

/// An operator asks for a write key of the chandlery, whose bytes are `byte`.
pub async fn makes_write_key(world: &World, key: &str, byte: u8) -> Value {
    let route = "POST /v1/directory/{tenant}/partners/{partner}/write-keys";
    let request = request(world, route, key, &chandlery(), &Value::Null);
    definitions(world, request, byte).await
}

/// An operator revokes a write key of the chandlery.
pub async fn revokes_write_key(world: &World, key: &str, id: &Value) -> Value {
    let route = "DELETE /v1/directory/{tenant}/partners/{partner}/write-keys/{write_key_id}";
    let mut parameters = chandlery();
    if let Some(parameters) = parameters.as_object_mut() {
        parameters.insert("write_key_id".to_owned(), id.clone());
    }
    let request = request(world, route, key, &parameters, &Value::Null);
    definitions(world, request, 0).await
}

async fn definitions(world: &World, request: Value, byte: u8) -> Value {
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use directory_api::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let (clock, ids) = (world.clock(), world.ids());
        let keys = WriteKeySource::from_fn(move || Some([byte; 32]));
        let app = App::new(&world.environment(), &sdk, clock, ids, keys)
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    told(&answer.await.expect("the API answers"))
}

/// An operator asks for an app client of the chandlery.
pub async fn makes_client(world: &World, key: &str) -> Value {
    let route = "POST /v1/directory/{tenant}/partners/{partner}/clients";
    let body = json!({ "agreement": "deliveries", "scopes": ["fairlead/profile.read"] });
    clients(world, request(world, route, key, &chandlery(), &body)).await
}

/// An operator removes an app client of the chandlery.
pub async fn removes_client(world: &World, key: &str, client: &Value) -> Value {
    let route = "DELETE /v1/directory/{tenant}/partners/{partner}/clients/{client}";
    let mut parameters = chandlery();
    if let Some(parameters) = parameters.as_object_mut() {
        parameters.insert("client".to_owned(), client.clone());
    }
    clients(world, request(world, route, key, &parameters, &Value::Null)).await
}

fn chandlery() -> Value {
    json!({ "tenant": "harbour", "partner": "chandlery" })
}

async fn clients(world: &World, request: Value) -> Value {
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use directory_clients::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    told(&answer.await.expect("the API answers"))
}
