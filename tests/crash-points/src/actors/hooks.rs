//! A partner's system that sends webhooks.

use lambda_kit::aws::CallBudget;
use serde_json::{Map, Value, json};
use testkit::{World, delivery, engine::HOOK_SECRETS};
use webhook::{Signer, sign};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The chandlery's system may send.
pub fn has_a_hook(world: &World) {
    for row in [
        json!({ "tenant": "harbour", "part": "partner#chandlery", "display_name": "The Chandlery" }),
        json!({ "tenant": "harbour", "part": "hook#chandlery/orders" }),
    ] {
        world.put_row("directory", row);
    }
    let name = format!("{HOOK_SECRETS}/harbour/chandlery/orders");
    world.engines().put_secret(&name, SECRET);
}

/// The chandlery's system sends a message, again until it is answered; the answer's status.
pub async fn system_sends(world: &World, id: &str, message: &Value) -> Value {
    let signers = [Signer::Secret(SECRET.parse().expect("it is a secret"))];
    let body = message.to_string();
    let signed = sign(&signers, id, world.clock().now(), body.as_bytes()).expect("it is an id");
    let headers = signed.headers().into_iter();
    let headers: Map<String, Value> = headers
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let request = json!({
        "routeKey": "POST /v1/hooks/{partner}/{source}",
        "pathParameters": { "partner": "harbour.chandlery", "source": "orders" },
        "headers": headers,
        "body": body,
        "requestContext": { "requestId": "" },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use partner_hooks::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    answer.get("statusCode").cloned().unwrap_or_default()
}
