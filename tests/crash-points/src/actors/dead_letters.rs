//! Operators around dead-letters-api.

use lambda_kit::aws::CallBudget;
use serde_json::json;
use testkit::{World, delivery, tokens::Token};

use super::events::are_routed;

/// The operator's own profile.
const OPERATOR: &str = "prf_019bc0e2128070000000000000000009";

/// An operator has all that lies in a dead-letter queue processed again under an idempotency key, and
/// repeats that until it is answered.
pub async fn redrives(world: &World, key: &str, queue: &str) {
    let token = Token::operator(world.clock().now(), OPERATOR);
    let request = json!({
        "routeKey": "POST /v1/dead-letters/{queue}/redrive",
        "headers": {
            "authorization": token.scope("fairlead/dead-letters.redrive").bearer(),
            "content-type": "application/json",
            "idempotency-key": key,
        },
        "pathParameters": { "queue": queue },
        "body": json!({ "all": true }).to_string(),
        "requestContext": { "requestId": "" },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use dead_letters_api::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    assert_eq!(answer.get("statusCode"), Some(&json!(200)), "{answer}");
}

/// What was sent back into the queue of partners' events reaches event-router.
pub async fn what_is_back_reaches_people(world: &World) {
    let sent = world.sent_messages("events-in").into_iter();
    are_routed(world, sent.map(|message| message.body).collect()).await;
}
