//! What a partner's pages send by an SDK of Segment or `RudderStack`.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use tenancy::write_key_part;
use testkit::{World, delivery};

/// The CRM's page has a write key.
pub fn has_a_write_key(world: &World) {
    for row in [
        json!({ "tenant": "harbour", "part": "partner#crm", "display_name": "The CRM" }),
        json!({
            "tenant": "*",
            "part": write_key_part("wk"),
            "owner_tenant": "harbour",
            "partner": "crm",
        }),
    ] {
        world.put_row("directory", row);
    }
}

/// The CRM's page sends messages, again until it is answered as an SDK takes it; the answer's
/// body.
pub async fn page_sends(world: &World, messages: &[Value]) -> Value {
    sends(world, json!({ "authorization": "Basic d2s6" }), messages).await
}

/// The same from a browser with Global Privacy Control.
pub async fn private_page_sends(world: &World, messages: &[Value]) -> Value {
    let headers = json!({ "authorization": "Basic d2s6", "sec-gpc": "1" });
    sends(world, headers, messages).await
}

async fn sends(world: &World, headers: Value, messages: &[Value]) -> Value {
    let request = json!({
        "routeKey": "POST /v1/batch",
        "headers": headers,
        "body": json!({ "batch": messages, "sentAt": "2026-01-15T08:59:10Z" }).to_string(),
        "requestContext": { "requestId": "" },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use partner_segment::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    let body = answer.get("body").and_then(Value::as_str);
    serde_json::from_str(body.expect("an answer has a body")).expect("an answer is JSON")
}
