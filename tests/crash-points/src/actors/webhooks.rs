//! Partners who are told of events by webhooks.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use subscription::SecretSource;
use testkit::{World, delivery, tokens::Token};

/// One of a partner's wishes, by route and key, about which subscription and which delivery.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish<'a> {
    /// The route.
    pub route: &'a str,
    /// The idempotency key.
    pub key: &'a str,
    /// Which subscription.
    pub subscription: &'a str,
    /// Which delivery.
    pub delivery: &'a str,
}

/// The chandlery's machine says what it wants under a key, again until it is answered; the answer.
pub async fn wishes(world: &World, wish: Wish<'_>, body: &Value) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let scopes = "fairlead/subscriptions.write fairlead/profile.read";
    let request = json!({
        "routeKey": wish.route,
        "headers": {
            "authorization": token.scope(scopes).bearer(),
            "content-type": "application/json",
            "idempotency-key": wish.key,
        },
        "pathParameters": {
            "subscription_id": wish.subscription,
            "delivery_id": wish.delivery,
        },
        "body": body.to_string(),
        "requestContext": { "requestId": "" },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use partner_subscriptions::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let secrets = SecretSource::from_fn(|| Some([1; 32]));
        let environment = world.environment();
        let app = App::new(&environment, &sdk, world.clock(), world.ids(), secrets)
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    json!([answer.get("statusCode"), answer.get("body")])
}
