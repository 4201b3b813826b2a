//! The handler on a simulated AWS: who sees which receipts, in which words, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod operators;
mod people;
mod refusals;
mod summary;

use std::time::Duration;

use lambda_kit::aws::CallBudget;
use receipt_api::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::{Service, World, tokens::Token};

const JANE: &str = "prf_01010101010171018101010101010101";
const JOAN: &str = "prf_02020202020272028202020202020202";
const READ: &str = "fairlead/receipts.read";
const PEOPLE: &str = "GET /v1/me/receipts";
const LIST: &str = "GET /v1/receipts";
const SUMMARY: &str = "GET /v1/receipts/summary";

/// The row of a receipt: the `n`-th, made `n` minutes after the world began.
fn receipt(n: u64, profile: &str, tenant: &str, partner: &str, outcome: &str) -> Value {
    let at = jiff::Timestamp::from_second(1_768_467_600 + i64::try_from(n).unwrap() * 60).unwrap();
    let millis = u64::try_from(at.as_millisecond()).unwrap();
    let id = format!("rcp_{millis:012x}70008000{n:012x}");
    let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    json!({
        "profile_id": profile,
        "receipt_id": id,
        "partner_day": format!("{tenant}#{partner}#{day}#{}", n % 4),
        "tenant": tenant,
        "partner": partner,
        "agreement": "letters",
        "purpose": "newsletter",
        "legal_basis": "consent",
        "reason": format!("order {n}"),
        "outcome": outcome,
        "allowed": if outcome == "refused" { json!([]) } else { json!(["names"]) },
        "withheld": if outcome == "allowed" { json!({}) } else { json!({ "contacts": "group-not-in-agreement" }) },
        "policies": ["by-consent"],
        "at": at,
        "request_id": "request-0",
        "expires_at": at.as_second() + 365 * 86_400,
    })
}

/// A world in which the chandlery read of Jane twice and of Joan once, and asked for nobody; and
/// another tenant's partner of that name read of Jane.
fn world(seed: u64) -> World {
    let world = World::new(seed);
    for row in [
        receipt(1, JANE, "harbour", "chandlery", "allowed"),
        receipt(2, JOAN, "harbour", "chandlery", "allowed"),
        receipt(3, JANE, "harbour", "chandlery", "partly"),
        receipt(
            4,
            "unknown#harbour#chandlery",
            "harbour",
            "chandlery",
            "refused",
        ),
        receipt(5, JANE, "airport", "chandlery", "allowed"),
    ] {
        world.put_row("receipts", row);
    }
    for id in [JANE, JOAN] {
        world.put_row("profiles", profile(id));
    }
    world.put_row(
        "directory",
        json!({ "tenant": "harbour", "part": "partner#chandlery", "display_name": "The Chandlery" }),
    );
    world
}

/// The row of somebody who has a profile.
fn profile(id: &str) -> Value {
    json!({
        "profile_id": id,
        "part": "profile",
        "version": 1,
        "fields": {},
        "created_at": "2026-01-15T09:00:00Z",
        "updated_at": "2026-01-15T09:00:00Z",
        "last_request": "request-0",
    })
}

/// A request to `route` as API Gateway delivers it, with these parameters in its query.
fn request(route: &str, query: Value) -> Value {
    let mut request = json!({
        "version": "2.0",
        "routeKey": route,
        "headers": { "host": "api.example" },
        "requestContext": { "requestId": "request-1" },
        "isBase64Encoded": false,
    });
    request["queryStringParameters"] = query;
    request
}

/// Jane asks for her own receipts; API Gateway verified her token.
fn jane_asks(query: Value) -> Value {
    someone_asks(JANE, query)
}

/// The same of whoever has the profile `id`.
fn someone_asks(id: &str, query: Value) -> Value {
    let mut request = request(PEOPLE, query);
    request["requestContext"]["authorizer"]["jwt"]["claims"] = json!({
        "sub": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
        "username": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
        "iss": testkit::tokens::TOKEN_ISSUER,
        "token_use": "access",
        "client_id": testkit::tokens::WEB_CLIENT,
        "scope": "openid fairlead/profile.read",
        "fairlead:profile": id,
        "fairlead:tenant": "harbour",
    });
    request
}

/// The day of the world's beginning, of the chandlery.
fn of_the_day() -> Value {
    json!({ "partner": "chandlery", "from": "2026-01-15T00:00:00Z", "to": "2026-01-16T00:00:00Z" })
}

fn operator(world: &World) -> Token {
    Token::operator(world.clock().now(), JOAN).scope(READ)
}

/// A request with `token`, which nobody verified yet.
fn asks(token: &Token, route: &str, query: Value) -> Value {
    let mut request = request(route, query);
    request["headers"]["authorization"] = token.bearer().into();
    request
}

/// How many calls to DynamoDB there were so far.
fn table_calls(world: &World) -> usize {
    let trace = world.trace().into_iter();
    trace
        .filter(|traced| traced.call.service == Service::DynamoDb)
        .count()
}

/// What a new process answers.
fn send(world: &World, request: &Value) -> Value {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(request).unwrap();
    let invocation = world.invocation(Duration::from_secs(10));
    let answer = world.block_on(handle(&app, &event, invocation)).unwrap();
    serde_json::to_value(answer).unwrap()
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
    assert_eq!(problem.get("field").and_then(Value::as_str), field);
}

/// The reasons of the receipts on a page, which tell them apart.
fn reasons(answer: &Value) -> Vec<String> {
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let body = body(answer);
    let receipts = body["receipts"].as_array().unwrap().iter();
    receipts
        .map(|receipt| receipt["reason"].as_str().unwrap().to_owned())
        .collect()
}
