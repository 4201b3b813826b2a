//! A person's devices around profile-datasets.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery};

use super::access_token;

/// The dataset that the devices share.
const NAME: &str = "settings";

/// A device sends a request, again until it is answered.
async fn sends(
    world: &World,
    claims: &Value,
    name: &str,
    route: &str,
    query: Value,
    body: Option<Value>,
) -> Value {
    let request = json!({
        "routeKey": route,
        "headers": { "content-type": "application/json" },
        "pathParameters": { "name": name },
        "queryStringParameters": query,
        "body": body.as_ref().map(Value::to_string),
        "requestContext": { "requestId": "", "authorizer": { "jwt": { "claims": access_token(claims) } } },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use profile_datasets::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    answer.await.expect("the API answers")
}

/// The answer's status and, if it has one, its body.
fn read(answer: &Value) -> (Value, Value) {
    let body = answer.get("body").and_then(Value::as_str);
    let body = body.map(|body| serde_json::from_str(body).expect("an answer is JSON"));
    let status = answer.get("statusCode").cloned();
    (status.unwrap_or_default(), body.unwrap_or_default())
}

/// A device pulls what changed since `since`, the body of an earlier answer, or everything.
pub async fn pulls(world: &World, claims: &Value, since: &Value) -> Value {
    let since = since
        .get("version")
        .map_or_else(|| "0".to_owned(), Value::to_string);
    let query = json!({ "since": since });
    let answer = sends(
        world,
        claims,
        NAME,
        "GET /v1/me/datasets/{name}",
        query,
        None,
    )
    .await;
    read(&answer).1
}

/// A device pushes `changes`, which it made of what it saw in `seen`, the records of a pull or of a
/// conflict. Returns the status and the body.
pub async fn pushes(
    world: &World,
    claims: &Value,
    seen: &Value,
    changes: &[(&str, Option<&str>)],
) -> (Value, Value) {
    pushes_to(world, claims, [NAME, "phone"], seen, changes).await
}

/// The same to the dataset and by the device that are named.
pub async fn pushes_to(
    world: &World,
    claims: &Value,
    [name, device]: [&str; 2],
    seen: &Value,
    changes: &[(&str, Option<&str>)],
) -> (Value, Value) {
    let version_of = |key: &str| {
        let records = seen.as_array().into_iter().flatten();
        let mut records =
            records.filter(|record| record.get("key").is_some_and(|known| known == key));
        records
            .next()
            .and_then(|record| record.get("version"))
            .cloned()
            .unwrap_or_else(|| 0.into())
    };
    let changes: Vec<Value> = changes
        .iter()
        .map(|(key, value)| json!({ "key": key, "value": value, "version": version_of(key) }))
        .collect();
    let body = json!({ "device": device, "changes": changes });
    let route = "PATCH /v1/me/datasets/{name}";
    read(&sends(world, claims, name, route, Value::Null, Some(body)).await)
}

/// A device deletes the dataset.
pub async fn deletes(world: &World, claims: &Value) -> Value {
    let answer = asks_to_delete(world, claims).await;
    answer.get("statusCode").cloned().unwrap_or_default()
}

/// The same; the whole answer.
pub async fn asks_to_delete(world: &World, claims: &Value) -> Value {
    let route = "DELETE /v1/me/datasets/{name}";
    sends(world, claims, NAME, route, Value::Null, None).await
}

/// A device lists the person's datasets.
pub async fn lists(world: &World, claims: &Value) -> Value {
    read(
        &sends(
            world,
            claims,
            NAME,
            "GET /v1/me/datasets",
            Value::Null,
            None,
        )
        .await,
    )
    .1
}
