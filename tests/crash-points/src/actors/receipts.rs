//! What becomes of receipts: people see who read of them, operators what partners read, and what is
//! too old goes to the archive.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{
    World,
    delivery::{self, GaveUp},
    tokens::Token,
};

use super::{
    Person, access_token, decides, gets_a_token,
    partner::{agree, looks_up},
    set_the_scene,
};

/// The chandlery, which has a name that people read, looked Jane up, who had agreed.
pub fn was_looked_up(world: &World) {
    set_the_scene(world);
    agree(world);
    world.put_row(
        "directory",
        json!({ "tenant": "harbour", "part": "partner#chandlery", "display_name": "The Chandlery" }),
    );
    world.block_on(async {
        let claims = gets_a_token(world, &Person::jane()).await;
        decides(world, &claims, "granted").await;
        looks_up(world, "jane@example.com").await;
    });
}

/// A person's app asks who read what of them, again until it is answered; the answer's body.
pub async fn reads_receipts(world: &World, claims: &Value) -> Value {
    let answer = asks_for_receipts(world, claims).await;
    answer.expect("the API answers")
}

/// The same, unless it gives up.
pub async fn asks_for_receipts(world: &World, claims: &Value) -> Result<Value, GaveUp> {
    let request = json!({
        "routeKey": "GET /v1/me/receipts",
        "headers": {},
        "requestContext": { "requestId": "", "authorizer": { "jwt": { "claims": access_token(claims) } } },
    });
    asks(world, &request).await
}

/// An operator asks on `route` what `partner`, or all partners of the harbour, asked for since the day
/// on which the world begins, again until it is answered or they give up; the answer's body.
pub async fn asks_as_an_operator(
    world: &World,
    route: &str,
    partner: Option<&str>,
) -> Result<Value, GaveUp> {
    let nobody = "prf_01010101010171018101010101010101";
    let token = Token::operator(world.clock().now(), nobody).scope("fairlead/receipts.read");
    let mut query = json!({ "from": "2026-01-15T00:00:00Z", "to": "2026-01-16T00:00:00Z" });
    if let (Some(partner), Some(members)) = (partner, query.as_object_mut()) {
        members.insert("partner".to_owned(), partner.into());
    }
    let request = json!({
        "routeKey": route,
        "headers": { "authorization": token.bearer() },
        "queryStringParameters": query,
        "requestContext": { "requestId": "" },
    });
    asks(world, &request).await
}

async fn asks(world: &World, request: &Value) -> Result<Value, GaveUp> {
    let answer = delivery::http_client(world, request, async |request, invocation| {
        use receipt_api::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    Ok(answer.await?.get("body").cloned().unwrap_or_default())
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
