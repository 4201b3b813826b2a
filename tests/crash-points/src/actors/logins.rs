//! A person's app around identity-logins.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery};

use super::access_token;

/// The app sends a request, again until it is answered; its status and, if it has one, its body.
async fn sends(world: &World, claims: &Value, route: &str, login: &Value) -> (Value, Value) {
    let request = json!({
        "routeKey": route,
        "headers": {},
        "pathParameters": { "login": login.as_str().unwrap_or_default() },
        "requestContext": { "requestId": "", "authorizer": { "jwt": { "claims": access_token(claims) } } },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use identity_logins::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    let body = answer.get("body").and_then(Value::as_str);
    let body = body.filter(|body| !body.is_empty());
    let body = body.map(|body| serde_json::from_str(body).expect("an answer is JSON"));
    let status = answer.get("statusCode").cloned();
    (status.unwrap_or_default(), body.unwrap_or_default())
}

/// The app lists the person's logins.
pub async fn lists(world: &World, claims: &Value) -> Value {
    sends(world, claims, "GET /v1/me/logins", &Value::Null)
        .await
        .1
}

/// The app takes off every login of `listed` that can be; the answers' statuses.
pub async fn takes_off(world: &World, claims: &Value, listed: &Value) -> Vec<Value> {
    let logins = listed
        .get("logins")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let mut statuses = Vec::new();
    for login in logins.filter(|login| login.get("removable") == Some(&true.into())) {
        let id = login.get("login").cloned().unwrap_or_default();
        statuses.push(takes_off_one(world, claims, &id).await.0);
    }
    statuses
}

/// The app takes off the login of this id; the answer's status and, if it has one, its body.
pub async fn takes_off_one(world: &World, claims: &Value, login: &Value) -> (Value, Value) {
    sends(world, claims, "DELETE /v1/me/logins/{login}", login).await
}
