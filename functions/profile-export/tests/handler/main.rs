//! The handler on a simulated AWS: what is in an export, whom it is given to, for how long, and that
//! it is whole or not there.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod elsewhere;
mod large;
mod links;
mod refusals;
mod whole;

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use lambda_kit::aws::CallBudget;
use profile_export::{App, handle};
use serde_json::{Value, json, value::to_raw_value};
use testkit::{World, engine::EXPORTS_BUCKET};

const JANE: &str = "prf_01010101010171018101010101010101";
const MEMBER: &str = "prf_02020202020272028202020202020202";
const JOAN: &str = "prf_03030303030373038303030303030303";

/// The function's timeout.
const LIMIT: Duration = Duration::from_secs(29);

/// A world in which Jane and Joan have profiles.
fn world() -> World {
    let world = World::new(1);
    for id in [JANE, JOAN] {
        put(&world, id, "profile", profile());
    }
    world
}

fn profile() -> Value {
    let field = json!({ "value": "Jane", "at": "2025-06-01T00:00:00Z", "source": "person" });
    json!({
        "version": 3,
        "fields": { "given_name": field },
        "created_at": "2025-06-01T00:00:00Z",
        "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
    })
}

/// What Jane's row says of a member that she absorbed after its receipts were written.
fn member() -> Value {
    json!({
        "parent": JANE,
        "merge_id": "mrg_019bc10dd480700080000000000000aa",
        "at": "2026-01-15T10:00:00Z",
    })
}

/// A part of a profile.
fn put(world: &World, id: &str, part: &str, mut row: Value) {
    row["profile_id"] = id.into();
    row["part"] = part.into();
    world.put_row("profiles", row);
}

fn put_receipt(world: &World, id: &str, n: usize) {
    world.put_row(
        "receipts",
        json!({
            "profile_id": id,
            "receipt_id": format!("rcp_019bc10dd48070008{n:015x}"),
            "partner_day": "harbour#chandlery#2026-01-15#2",
            "tenant": "harbour",
            "partner": "chandlery",
            "purpose": "newsletter",
            "outcome": "allowed",
            "allowed": ["names"],
            "withheld": {},
            "policies": ["by-consent"],
            "at": "2026-01-15T09:00:00Z",
            "request_id": "request-0",
            "expires_at": 1_800_000_000,
        }),
    );
}

/// Jane's request.
fn request() -> Value {
    json!({
        "routeKey": "POST /v1/me/export",
        "headers": {},
        "requestContext": { "requestId": "request-1", "authorizer": { "jwt": { "claims": {
            "sub": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
            "username": "6b1f0e2a-7c4d-4b7e-9a55-0d0f5f3c1a11",
            "iss": testkit::tokens::TOKEN_ISSUER,
            "token_use": "access",
            "client_id": testkit::tokens::WEB_CLIENT,
            "scope": "fairlead/profile.read",
            "fairlead:profile": JANE,
        } } } },
    })
}

fn send_within(world: &World, request: &Value, limit: Duration) -> (u64, Value) {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(request).unwrap();
    let answer = world.block_on(handle(&app, &event, world.invocation(limit)));
    let answer = serde_json::to_value(answer.unwrap()).unwrap();
    let body = answer["body"].as_str().unwrap();
    (
        answer["statusCode"].as_u64().unwrap(),
        serde_json::from_str(body).unwrap(),
    )
}

fn send(world: &World, request: &Value) -> (u64, Value) {
    send_within(world, request, LIMIT)
}

/// What somebody who has the link gets.
fn follow(world: &World, link: &str) -> Response<Bytes> {
    let request = Request::get(link).body(Bytes::new()).unwrap();
    world.engines().call(&request)
}

/// The files of Jane's export, each with its elements.
fn exported(world: &World) -> BTreeMap<String, Vec<Value>> {
    let (status, answer) = send(world, &request());
    assert_eq!(status, 201, "{answer}");
    let opened = follow(world, answer["url"].as_str().unwrap());
    assert_eq!(opened.status(), 200);
    let objects = world.objects(EXPORTS_BUCKET);
    let object = objects.iter().find(|object| object.body == *opened.body());
    let members = object.unwrap().unzipped().unwrap().into_iter();
    members
        .map(|(name, content)| (name, serde_json::from_slice(&content).unwrap()))
        .collect()
}
