//! The handler on a simulated AWS: who registers which types, and how schemas may change.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::time::Duration;

use event_types::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{World, tokens::Token};

const KIND: &str = "com.example.order.placed.v1";

fn schema(length: u32) -> Value {
    json!({
        "type": "object",
        "properties": { "order": { "type": "string", "maxLength": length } },
        "required": ["order"],
    })
}

fn world() -> World {
    let world = World::new(1);
    for partner in ["chandlery", "crm"] {
        let row = Token::partner_row("harbour", partner, "letters");
        world.put_row("directory", row);
    }
    world
}

fn send(world: &World, partner: &str, method: &str, kind: &str, body: &str) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", partner, "letters");
    let request = json!({
        "routeKey": format!("{method} /v1/event-types/{{type}}"),
        "headers": {
            "authorization": token.scope("fairlead/events.write").bearer(),
            "content-type": "application/schema+json",
        },
        "pathParameters": { "type": kind },
        "body": body,
        "requestContext": { "requestId": "request-1" },
    });
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&request).unwrap();
    let answer = handle(&app, &event, world.invocation(Duration::from_secs(10)));
    serde_json::to_value(world.block_on(answer).unwrap()).unwrap()
}

fn register(world: &World, partner: &str, schema: &Value) -> Value {
    send(world, partner, "PUT", KIND, &schema.to_string())
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

fn problem(answer: &Value) -> (u64, String) {
    let kind = body(answer)["type"].as_str().unwrap().to_owned();
    let name = kind.rsplit('/').next().unwrap().to_owned();
    (answer["statusCode"].as_u64().unwrap(), name)
}

#[test]
fn a_type_is_registered_once_and_shown_to_every_partner_of_the_tenant() {
    let world = world();
    let first = register(&world, "chandlery", &schema(10));
    assert_eq!(first["statusCode"], 200, "{first}");
    assert_eq!(body(&first)["revision"], 1);
    let rows = world.rows("directory");
    let parts = rows.iter().map(|row| row["part"].as_str().unwrap());
    let types: Vec<&str> = parts
        .filter(|part| part.starts_with("event-type#"))
        .collect();
    assert_eq!(types, [format!("event-type#{KIND}")]);
    assert_eq!(
        register(&world, "chandlery", &schema(10))["statusCode"],
        200
    );
    assert_eq!(world.rows("directory"), rows);
    let shown = body(&send(&world, "crm", "GET", KIND, ""));
    assert_eq!(shown["schema"], schema(10));
    assert_eq!(shown["registered_by"], "partner/chandlery");
}

#[test]
fn a_schema_changes_only_so_that_nothing_breaks() {
    let world = world();
    register(&world, "chandlery", &schema(10));
    assert_eq!(
        body(&register(&world, "chandlery", &schema(20)))["revision"],
        2
    );
    let breaking = register(&world, "chandlery", &schema(10));
    assert_eq!(problem(&breaking), (409, "breaking-change".to_owned()));
    assert_eq!(
        body(&breaking)["breaks"],
        json!(["/properties/order/maxLength"])
    );
    assert_eq!(world.rows("directory")[0]["revision"], 2);
}

#[test]
fn another_partners_type_is_its_own() {
    let world = world();
    register(&world, "chandlery", &schema(10));
    let taken = register(&world, "crm", &schema(20));
    assert_eq!(problem(&taken), (409, "event-type-taken".to_owned()));
}

#[test]
fn what_is_no_type_or_no_schema_is_refused() {
    let world = world();
    for kind in ["com.example.placed", "dev.fairlead.a.v1", "a b.v1"] {
        let answer = send(&world, "crm", "PUT", kind, "{}");
        assert_eq!(problem(&answer), (400, "invalid-parameter".to_owned()));
    }
    for schema in [
        "",
        "[",
        r#"{"type":"objekt"}"#,
        r#"{"type":"object","type":"string"}"#,
    ] {
        let answer = send(&world, "crm", "PUT", KIND, schema);
        assert_eq!(
            problem(&answer),
            (400, "invalid-schema".to_owned()),
            "{schema}"
        );
    }
    let nothing = send(&world, "crm", "GET", KIND, "");
    assert_eq!(problem(&nothing), (404, "no-such-event-type".to_owned()));
}
