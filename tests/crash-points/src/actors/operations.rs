//! Operators who look how the house is doing.

use std::time::Duration;

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{
    World,
    delivery::{self, GaveUp},
    tokens::Token,
};

/// event-router ran five times within the hour, and a flow between Salesforce and Fairlead is being mended.
pub fn something_goes_on(world: &World) {
    let router = "fairlead-simulated-event-router";
    let ago = world.clock().now() - Duration::from_mins(20);
    let engines = world.engines();
    engines.put_metric(("AWS/Lambda", "Invocations"), router, ago, 5.0);
    world.put_row(
        "config",
        json!({
            "kind": "flow", "record_id": "fairlead-simulated-salesforce-outcomes", "version": 1,
            "state": "mending", "since": "2026-01-15T08:50:00Z", "cause": "throttled", "tries": 1,
        }),
    );
}

/// An operator asks on `route`, again until it is answered or they give up; what is answered.
pub async fn looks_at_the_house(world: &World, route: &str) -> Result<Value, GaveUp> {
    let nobody = "prf_01010101010171018101010101010101";
    let token = Token::operator(world.clock().now(), nobody).scope("fairlead/operations.read");
    let request = json!({
        "routeKey": route,
        "headers": { "authorization": token.bearer() },
        "requestContext": { "requestId": "" },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use operations_api::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await?;
    let body = answer.get("body").and_then(Value::as_str);
    Ok(serde_json::from_str(body.unwrap_or_default()).unwrap_or_default())
}
