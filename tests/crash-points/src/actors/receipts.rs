//! What becomes of receipts: people see who read of them, and what is too old goes to the archive.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery};

use super::access_token;

/// A person's app asks who read what of them, again until it is answered; the answer's body.
pub async fn reads_receipts(world: &World, claims: &Value) -> Value {
    let request = json!({
        "routeKey": "GET /v1/me/receipts",
        "headers": {},
        "requestContext": { "requestId": "", "authorizer": { "jwt": { "claims": access_token(claims) } } },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use receipt_api::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    answer.get("body").cloned().unwrap_or_default()
}

/// The stream of the receipts reaches receipt-archive, until nothing is left of it.
pub async fn are_archived(world: &World) {
    let outcome = delivery::stream(world, "receipts", async |event, invocation| {
        use receipt_archive::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    assert_eq!(outcome.await.discarded, Vec::<Value>::new());
}
