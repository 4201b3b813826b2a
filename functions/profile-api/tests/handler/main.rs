//! The handler on a simulated AWS: what a person reads and changes of their own profile, what is
//! refused and in which words, and that nobody reaches another person's.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod authority;
mod binary;
mod consents;
mod editing;
mod events;
mod global_privacy_control;
mod history;
mod notices;
mod outage;
mod reading;
mod refusals;
mod repeating;
mod standing;
mod traits;

use std::time::Duration;

use lambda_kit::aws::CallBudget;
use profile_api::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::World;

const JANE: &str = "prf_01010101010171018101010101010101";
const JOAN: &str = "prf_02020202020272028202020202020202";

const GRANTED: &str = r#"{"decision":"granted","text_version":"2026-01"}"#;
const WITHDRAWN: &str = r#"{"decision":"withdrawn","text_version":"2026-01"}"#;

const MERGE_PATCH: &str = "application/merge-patch+json";

/// A tenant's purpose, with what differs from a purpose that people consent to.
fn define(world: &World, tenant: &str, purpose: &str, differing: &Value) {
    let mut row = json!({
        "tenant": tenant,
        "part": format!("purpose#{purpose}"),
        "display_name": purpose,
        "legal_basis": "consent",
        "text_versions": ["2025-06", "2026-01"],
        "sale_or_sharing": false,
    });
    for (name, value) in differing.as_object().unwrap() {
        row[name] = value.clone();
    }
    world.put_row("directory", row);
}

/// A world in which Jane and Joan have profiles, at version 3, and `harbour` a purpose of each kind.
fn world(seed: u64) -> World {
    let world = World::new(seed);
    for (purpose, differing) in [
        ("account-notices", json!({})),
        ("newsletter", json!({ "valid_for_days": 5 })),
        ("partner-offers", json!({ "sale_or_sharing": true })),
        ("customer-service", json!({ "legal_basis": "contract" })),
        (
            "fraud-prevention",
            json!({ "legal_basis": "legitimate_interests" }),
        ),
    ] {
        define(&world, "harbour", purpose, &differing);
    }
    define(&world, "airport", "account-notices", &json!({}));
    for (id, name) in [(JANE, "Jane"), (JOAN, "Joan")] {
        let field = |value: &str, source: &str| json!({ "value": value, "at": "2025-06-01T00:00:00Z", "source": source });
        let mut email = field(&format!("{}@example.com", name.to_lowercase()), "login");
        email["verified"] = true.into();
        world.put_row(
            "profiles",
            json!({
                "profile_id": id,
                "part": "profile",
                "version": 3,
                "fields": { "email": email, "given_name": field(name, "login"), "locale": field("de-CH", "person") },
                "created_at": "2025-06-01T00:00:00Z",
                "updated_at": "2025-06-02T00:00:00Z",
                "last_request": "an earlier request",
            }),
        );
    }
    world
}

/// A request to `route` as API Gateway delivers it, by Jane with her access token.
fn request(route: &str) -> Value {
    let (method, path) = route.split_once(' ').unwrap();
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": { "authorization": "Bearer synthetic", "host": "api.example", "x-forwarded-for": "192.0.2.1" },
        "requestContext": {
            "accountId": "111122223333",
            "apiId": "abcdef123",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "curl/8" },
            "requestId": "request-1",
            "routeKey": route,
            "stage": "$default",
            "timeEpoch": 1_790_842_530_123_i64,
            "authorizer": { "jwt": { "claims": {
                "sub": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
                "iss": testkit::tokens::TOKEN_ISSUER,
                "token_use": "access",
                "username": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
                "client_id": testkit::tokens::WEB_CLIENT,
                "scope": "openid fairlead/profile.read fairlead/profile.write",
                "fairlead:profile": JANE,
                "fairlead:tenant": "harbour",
            }, "scopes": ["fairlead/profile.read"] } },
        },
        "isBase64Encoded": false,
    })
}

/// Jane's patch of the version that `if_match` names.
fn patch(body: &str, if_match: &str) -> Value {
    let mut request = request("PATCH /v1/me");
    request["headers"]["content-type"] = MERGE_PATCH.into();
    request["headers"]["if-match"] = if_match.into();
    request["body"] = body.into();
    request
}

/// Jane's decision on a purpose.
fn consent(purpose: &str, body: &str) -> Value {
    let mut request = request("PUT /v1/me/consents/{purpose}");
    request["headers"]["content-type"] = "application/json".into();
    request["pathParameters"] = json!({ "purpose": purpose });
    request["body"] = body.into();
    request
}

/// Jane asks where she stands on a purpose.
fn standing(purpose: &str) -> Value {
    let mut request = request("GET /v1/me/consents/{purpose}");
    request["pathParameters"] = json!({ "purpose": purpose });
    request
}

/// A request that succeeds on every route; the first three read, the others write.
fn every_route() -> [Value; 5] {
    [
        request("GET /v1/me"),
        request("GET /v1/me/consents"),
        standing("account-notices"),
        patch(r#"{"given_name":"Zoe"}"#, "\"3\""),
        consent("account-notices", GRANTED),
    ]
}

fn claims(request: &mut Value) -> &mut Value {
    &mut request["requestContext"]["authorizer"]["jwt"]["claims"]
}

/// What a new process answers.
async fn answer(world: &World, request: &Value) -> Value {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(request).unwrap();
    let answer = handle(&app, &event, world.invocation(Duration::from_secs(10))).await;
    serde_json::to_value(answer.unwrap()).unwrap()
}

fn send(world: &World, request: &Value) -> Value {
    world.block_on(answer(world, request))
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

/// The answer is the problem `name`, and it is told as one.
fn assert_problem(answer: &Value, status: u16, name: &str, field: Option<&str>) {
    let problem = body(answer);
    assert_eq!(answer["statusCode"], status, "{problem}");
    assert_eq!(
        answer["headers"]["content-type"],
        "application/problem+json"
    );
    assert_eq!(answer["headers"]["cache-control"], "no-store");
    assert_eq!(
        problem["type"],
        format!("https://fairlead.dev/problems/{name}")
    );
    assert_eq!(problem["status"], status);
    assert!(problem["title"].is_string());
    assert_eq!(
        problem.get("field").and_then(Value::as_str),
        field,
        "{problem}"
    );
}

/// The part of a profile.
fn row(world: &World, id: &str, part: &str) -> Option<Value> {
    let mut rows = world.rows("profiles").into_iter();
    rows.find(|row| row["profile_id"] == id && row["part"] == part)
}

/// The events that wait in the outbox.
fn outbox(world: &World) -> Vec<Value> {
    let rows = world.rows("profiles").into_iter();
    rows.filter(|row| row["part"].as_str().unwrap().starts_with("outbox#"))
        .map(|row| serde_json::from_str(row["event"].as_str().unwrap()).unwrap())
        .collect()
}
