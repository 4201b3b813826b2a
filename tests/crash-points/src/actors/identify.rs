//! Those who say who somebody is: partners' machines, and people's apps on their devices.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery, tokens::Token};

/// A machine of the tenant's CRM says who somebody is, again until it is answered.
pub async fn machine_says(world: &World, body: &Value) -> Value {
    let client = Token::client_row("harbour", "crm", "visitors-2026");
    world.put_row("directory", client);
    let token = Token::machine(world.clock().now(), "harbour", "crm", "visitors-2026")
        .scope("fairlead/profile.identify");
    says(world, &token, body).await
}

/// The app of the person with these claims says on which device it runs.
pub async fn app_says(world: &World, claims: &Value, body: &Value) -> Value {
    let profile = claims
        .get("fairlead:profile")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let token = Token::person(world.clock().now(), profile).scope("fairlead/profile.write");
    says(world, &token, body).await
}

async fn says(world: &World, token: &Token, body: &Value) -> Value {
    let request = json!({
        "routeKey": "POST /v1/identify",
        "headers": { "authorization": token.bearer(), "content-type": "application/json" },
        "body": body.to_string(),
        "requestContext": { "requestId": "" },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use profile_identify::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let mut answer = answer.await.expect("the API answers");
    if let Some(headers) = answer.get_mut("headers").and_then(Value::as_object_mut) {
        // It counts the partner's requests, those that nobody answered too.
        headers.remove("ratelimit");
    }
    answer
}
