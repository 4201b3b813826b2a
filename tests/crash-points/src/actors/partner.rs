//! Partners, who read by machines.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery, tokens::Token};

const RESOLVE: &str = "POST /v1/profiles/resolve";
const BATCH: &str = "POST /v1/profiles/batch";

/// The tenant agreed with the chandlery on what it may read to tell people about their account.
pub fn agree(world: &World) {
    let client = Token::client_row("harbour", "chandlery", "letters");
    world.put_row("directory", client);
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "agreement#letters",
            "partner": "chandlery",
            "terms": { "account-notices": ["names", "contacts"] },
        }),
    );
}

/// The chandlery's machine looks a person up, again until it is answered. It gets to see the answer
/// without the receipt's id, which has to be on record.
pub async fn looks_up(world: &World, email: &str) -> Value {
    let mut body = asks(
        world,
        RESOLVE,
        "",
        &json!({ "email": email }),
        "order 4711",
        None,
    )
    .await;
    if let Some(body) = body.as_object_mut() {
        body.remove("receipt_id");
    }
    body
}

/// The same under an idempotency key; it gets to see the receipt's id, too.
pub async fn looks_up_under(world: &World, key: &str, email: &str) -> Value {
    let body = json!({ "email": email });
    asks(world, RESOLVE, "", &body, "order 4711", Some(key)).await
}

/// The chandlery's machine reads by an id that it keeps, for a reason of its own.
pub async fn reads_by_id(world: &World, id: &str, reason: &str) -> Value {
    let route = "GET /v1/profiles/{profile_id}";
    asks(world, route, id, &Value::Null, reason, None).await
}

/// The chandlery's machine reads several people at once by their addresses, and gets to see the answers
/// without their receipts' ids, which have to be on record.
pub async fn reads_many(world: &World, emails: &[&str]) -> Value {
    let asked: Vec<Value> = emails
        .iter()
        .map(|email| json!({ "email": email }))
        .collect();
    let body = json!({ "profiles": asked });
    let mut body = sends(world, BATCH, "", &body, "the weekly letter", None).await;
    let answers = body.get_mut("answers").and_then(Value::as_array_mut);
    for answer in answers.expect("a batch has answers") {
        assert_is_on_record(world, answer);
        if let Some(answer) = answer.as_object_mut() {
            answer.remove("receipt_id");
        }
    }
    body
}

/// The chandlery's machine asks for each of these people by what it knows of them, one by one and all at
/// once, for a reason of its own.
pub async fn asks_for(world: &World, people: &[Value], reason: &str) -> Vec<Value> {
    let mut answers = Vec::new();
    for person in people {
        answers.push(asks(world, RESOLVE, "", person, reason, None).await);
    }
    let all = json!({ "profiles": people });
    answers.push(sends(world, BATCH, "", &all, reason, None).await);
    answers
}

/// Asks for one person, whose receipt has to be on record.
async fn asks(
    world: &World,
    route: &str,
    id: &str,
    body: &Value,
    reason: &str,
    key: Option<&str>,
) -> Value {
    let body = sends(world, route, id, body, reason, key).await;
    assert_is_on_record(world, &body);
    body
}

fn assert_is_on_record(world: &World, answer: &Value) {
    let receipt = answer.get("receipt_id");
    let is_on_record = |row: &Value| row.get("receipt_id") == receipt;
    assert!(
        world.rows("receipts").iter().any(is_on_record),
        "an answer left without its receipt"
    );
}

async fn sends(
    world: &World,
    route: &str,
    id: &str,
    body: &Value,
    reason: &str,
    key: Option<&str>,
) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let mut request = json!({
        "routeKey": route,
        "headers": {
            "authorization": token.scope("fairlead/profile.read").bearer(),
            "content-type": "application/json",
            "fairlead-purpose": "account-notices",
            "fairlead-reason": reason,
        },
        "pathParameters": { "profile_id": id },
        "body": body.to_string(),
        "requestContext": { "requestId": "" },
    });
    if let (Some(key), Some(headers)) = (key, request.get_mut("headers")) {
        let headers = headers.as_object_mut().expect("headers are an object");
        headers.insert("idempotency-key".to_owned(), key.into());
    }
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use partner_api::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    let body = answer.get("body").and_then(Value::as_str);
    serde_json::from_str(body.expect("an answer has a body")).expect("an answer is JSON")
}
