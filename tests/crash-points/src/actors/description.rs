//! Whoever wants to know what the API can do.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{
    World,
    delivery::{self, GaveUp},
    tokens::Token,
};

/// A person and an operator with a scope each.
#[must_use]
pub fn readers(world: &World) -> (Token, Token) {
    let now = world.clock().now();
    let id = "prf_01010101010171018101010101010101";
    (
        Token::person(now, id).scope("fairlead/profile.read"),
        Token::operator(now, id).scope("fairlead/profile.merge"),
    )
}

/// The answer to `GET <path>` with `token`, or of a stranger, again until there is one: its status and
/// its body.
pub async fn asks_for_description(
    world: &World,
    path: &str,
    token: Option<&Token>,
) -> Result<(Value, String), GaveUp> {
    let headers = token.map(|token| json!({ "authorization": token.bearer() }));
    let request = json!({
        "routeKey": format!("GET {path}"),
        "headers": headers.unwrap_or_else(|| json!({})),
        "requestContext": { "requestId": "" },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use docs_api::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await?;
    let body = answer.get("body").and_then(Value::as_str);
    let status = answer.get("statusCode").cloned();
    Ok((
        status.unwrap_or_default(),
        body.unwrap_or_default().to_owned(),
    ))
}
