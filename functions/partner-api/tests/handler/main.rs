//! The handler on a simulated AWS: what a partner is given of whom, what is withheld and in which
//! words, that nobody learns of people whom they don't deal with, and that nothing is given
//! without a receipt.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod authority;
mod batch;
mod binary;
mod calls;
mod events;
mod given;
mod identifiers;
mod operators;
mod outage;
mod rates;
mod refusals;
mod repeating;
mod withheld;

use std::time::Duration;

use identity::{ExternalId, Identifier, IdentifierKey, Social};
use lambda_kit::aws::CallBudget;
use partner_api::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::{
    World,
    tokens::{SUB, Token},
};

/// Who agreed to the newsletter.
const JANE: &str = "prf_01010101010171018101010101010101";
/// Who withdrew.
const JOAN: &str = "prf_02020202020272028202020202020202";
/// Whose grant ran out.
const JUNE: &str = "prf_03030303030373038303030303030303";
/// Who never decided.
const JESS: &str = "prf_04040404040474048404040404040404";
/// A member of Jane's root.
const MERGED: &str = "prf_05050505050575058505050505050505";
/// Who was erased.
const ERASED: &str = "prf_06060606060676068606060606060606";
/// Who is being merged just now, and agreed.
const SETTLING: &str = "prf_07070707070777078707070707070707";
/// Who is being merged just now, and never decided.
const SETTLING_STRANGER: &str = "prf_08080808080878088808080808080808";
/// Who deals with the airport alone.
const STRANGER: &str = "prf_09090909090979098909090909090909";
/// Nobody.
const NOBODY: &str = "prf_0f0f0f0f0f0f7f0f8f0f0f0f0f0f0f0f";

const DEVICE: &str = "5f0c9a1e-7b3d-4c6a-9e21-d84b7f31a0c2";

/// A world with those people, and a tenant `harbour` with a partner `chandlery`, which may have
/// names and contacts for the newsletter, and names for the other purposes.
fn world(seed: u64) -> World {
    let world = World::new(seed);
    for (purpose, basis) in [
        ("newsletter", "consent"),
        ("survey", "consent"),
        ("customer-service", "contract"),
        ("fraud-prevention", "legitimate_interests"),
    ] {
        world.put_row(
            "directory",
            json!({
                "tenant": "harbour",
                "part": format!("purpose#{purpose}"),
                "display_name": purpose,
                "legal_basis": basis,
                "text_versions": ["2026-01"],
            }),
        );
    }
    let chandlery = Token::client_row("harbour", "chandlery", "letters");
    world.put_row("directory", chandlery);
    agree(&world, "letters", &json!({}));
    for (id, name) in [
        (JANE, "Jane"),
        (JOAN, "Joan"),
        (JUNE, "June"),
        (JESS, "Jess"),
    ] {
        put_person(&world, id, name, &json!({}));
    }
    let merged = json!({ "closed": "merged", "merged_into": JANE });
    put_person(&world, MERGED, "Jane", &merged);
    let settling = json!({ "closed": "settling" });
    put_person(&world, SETTLING, "Jule", &settling);
    put_person(&world, SETTLING_STRANGER, "Jill", &settling);
    let of_another = json!({ "tenants": ["airport"] });
    put_person(&world, STRANGER, "Jodie", &of_another);
    world.put_row(
        "profiles",
        json!({ "profile_id": ERASED, "part": "profile", "closed": "erased" }),
    );
    decide(&world, JANE, "newsletter", "granted", None);
    decide(&world, SETTLING, "newsletter", "granted", None);
    decide(&world, JOAN, "newsletter", "withdrawn", None);
    decide(
        &world,
        JUNE,
        "newsletter",
        "granted",
        Some("2026-01-15T09:00:00Z"),
    );
    decide(&world, JOAN, "fraud-prevention", "withdrawn", None);
    for identifier in janes() {
        point(
            &world,
            &identifier,
            &json!({ "profile_id": JANE, "member": JANE, "verified": true }),
        );
    }
    world
}

fn agree(world: &World, agreement: &str, differing: &Value) {
    let mut row = json!({
        "tenant": "harbour",
        "part": format!("agreement#{agreement}"),
        "partner": "chandlery",
        "terms": {
            "newsletter": ["names", "contacts"],
            "customer-service": ["names"],
            "fraud-prevention": ["names"],
        },
    });
    for (name, value) in differing.as_object().unwrap() {
        row[name] = value.clone();
    }
    world.put_row("directory", row);
}

fn put_person(world: &World, id: &str, name: &str, differing: &Value) {
    let field =
        |value: &str| json!({ "value": value, "at": "2025-06-01T00:00:00Z", "source": "login" });
    let mut email = field(&format!("{}@example.com", name.to_lowercase()));
    email["verified"] = true.into();
    let mut row = json!({
        "profile_id": id,
        "part": "profile",
        "version": 3,
        "fields": { "email": email, "given_name": field(name), "birthdate": field("1990-12-31") },
        "created_at": "2025-06-01T00:00:00Z",
        "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
        "tenants": ["harbour"],
    });
    for (name, value) in differing.as_object().unwrap() {
        row[name] = value.clone();
    }
    world.put_row("profiles", row);
}

fn decide(world: &World, id: &str, purpose: &str, ruling: &str, expires_at: Option<&str>) {
    let mut row = json!({
        "profile_id": id,
        "part": format!("consent#harbour#{purpose}"),
        "tenant": "harbour",
        "purpose": purpose,
        "ruling": ruling,
        "text_version": "2026-01",
        "surface": "self-service",
        "decided_at": "2025-07-01T00:00:00Z",
        "version": 1,
    });
    if let Some(end) = expires_at {
        row["expires_at"] = end.into();
    }
    world.put_row("profiles", row);
}

/// One identifier of each kind, all of them Jane's.
fn janes() -> [Identifier; 6] {
    [
        Identifier::Email("jane@example.com".parse().unwrap()),
        Identifier::Phone("+4930901820".parse().unwrap()),
        Identifier::External(ExternalId::new("harbour", "chandlery", "C-17").unwrap()),
        Identifier::Anonymous(DEVICE.parse().unwrap()),
        Identifier::CognitoSub(SUB.parse().unwrap()),
        Identifier::Social(Social::new("https://idp.example", "1093").unwrap()),
    ]
}

/// The row of an identifier.
fn point(world: &World, identifier: &Identifier, row: &Value) {
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let mut row = row.clone();
    row["identifier"] = identifier.key(&key).into();
    world.put_row("identifiers", row);
}

/// The chandlery's token.
fn token(world: &World) -> Token {
    Token::machine(world.clock().now(), "harbour", "chandlery", "letters")
        .scope("fairlead/profile.read")
}

/// A request to `route` for the newsletter, as API Gateway delivers it, by the chandlery.
fn request(world: &World, route: &str) -> Value {
    let (method, path) = route.split_once(' ').unwrap();
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": { "authorization": token(world).bearer(), "fairlead-purpose": "newsletter" },
        "requestContext": {
            "http": { "method": method, "path": path, "sourceIp": "192.0.2.1", "userAgent": "curl/8" },
            "requestId": "request-1",
            "routeKey": route,
            "stage": "$default",
        },
        "isBase64Encoded": false,
    })
}

/// The chandlery reads a person by their id.
fn by_id(world: &World, id: &str) -> Value {
    let mut request = request(world, "GET /v1/profiles/{profile_id}");
    request["pathParameters"] = json!({ "profile_id": id });
    request
}

/// The chandlery reads a person by an identifier.
fn resolve(world: &World, identifier: &Value) -> Value {
    posted(world, "POST /v1/profiles/resolve", &identifier.to_string())
}

/// The chandlery reads many people at once.
fn batch(world: &World, profiles: &Value) -> Value {
    let body = json!({ "profiles": profiles }).to_string();
    posted(world, "POST /v1/profiles/batch", &body)
}

fn posted(world: &World, route: &str, body: &str) -> Value {
    let mut request = request(world, route);
    request["headers"]["content-type"] = "application/json".into();
    request["body"] = body.into();
    request
}

/// The same question by each route: about Jane.
fn every_route(world: &World) -> [Value; 3] {
    [
        by_id(world, JANE),
        resolve(world, &json!({ "email": "jane@example.com" })),
        batch(world, &json!([{ "profile_id": JANE }])),
    ]
}

fn app(world: &World) -> App {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap()
}

fn send_to(app: &App, world: &World, request: &Value) -> Value {
    let event = to_raw_value(request).unwrap();
    let answer = handle(app, &event, world.invocation(Duration::from_secs(10)));
    serde_json::to_value(world.block_on(answer).unwrap()).unwrap()
}

/// What a new process answers.
fn send(world: &World, request: &Value) -> Value {
    send_to(&app(world), world, request)
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

/// The receipts that are on record.
fn receipts(world: &World) -> Vec<Value> {
    world.rows("receipts")
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
    assert_eq!(
        problem.get("field").and_then(Value::as_str),
        field,
        "{problem}"
    );
}
