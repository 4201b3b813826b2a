//! Whoever looks at pages.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use session::Randomness;
use testkit::{
    World,
    delivery::{self, GaveUp},
};

/// A secret under which sessions are sealed is there.
pub fn there_are_pages(world: &World) {
    world
        .engines()
        .put_secret("fairlead/test/session-key", &"k".repeat(64));
}

/// Somebody whose browser keeps a session that does not open comes to the front door, again until there
/// is a page: its status, and what the browser is told to forget.
pub async fn comes_to_the_front_door(world: &World) -> Result<Value, GaveUp> {
    let request = json!({
        "version": "2.0",
        "routeKey": "GET /",
        "rawPath": "/",
        "rawQueryString": "",
        "cookies": ["__Host-fairlead-session-0=none"],
        "headers": { "host": "portal.example" },
        "requestContext": {
            "http": { "method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1" },
            "requestId": "",
            "stage": "$default",
        },
        "isBase64Encoded": false,
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use portal_web::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let random = Randomness::from_fn(|| Some([7; 32]));
        let app = App::new(
            &world.environment(),
            &sdk,
            world.clock(),
            world.ids(),
            random,
        );
        let app = app.expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await?;
    Ok(json!([answer.get("statusCode"), answer.get("cookies")]))
}
