//! The handler on a simulated AWS: who registers which types, and how schemas may change.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

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

/// A world that knows the machines of two partners.
fn world() -> World {
    let world = World::new(1);
    for partner in ["chandlery", "crm"] {
        let client = Token::client_row("harbour", partner, "letters");
        world.put_row("directory", client);
    }
    world
}

/// The types that the harbour's directory has.
fn types(world: &World) -> Vec<Value> {
    let mut rows = world.rows("directory");
    rows.retain(|row| row["tenant"] == "harbour");
    rows
}

fn send(world: &World, partner: &str, method: &str, kind: &str, body: &str) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", partner, "letters");
    let route = format!("{method} /v1/event-types/{{type}}");
    send_as(world, token, &route, kind, body)
}

/// An operator of the harbour.
fn operator(world: &World) -> Token {
    Token::operator(world.clock().now(), "prf_019bc0e2128070000000000000000009")
}

fn send_as(world: &World, token: Token, route: &str, kind: &str, body: &str) -> Value {
    send_with(world, token, route, (kind, json!({ "cursor": kind })), body)
}

/// What is answered of the type at a revision.
fn read_at(world: &World, token: Token, revision: &str) -> Value {
    let route = "GET /v1/event-types/{type}";
    send_with(
        world,
        token,
        route,
        (KIND, json!({ "revision": revision })),
        "",
    )
}

fn send_with(
    world: &World,
    token: Token,
    route: &str,
    (kind, query): (&str, Value),
    body: &str,
) -> Value {
    let request = json!({
        "routeKey": route,
        "headers": {
            "authorization": token.scope("fairlead/events.write").bearer(),
            "content-type": "application/schema+json",
        },
        "pathParameters": { "type": kind },
        "queryStringParameters": query,
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
    let rows = types(&world);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["part"], format!("event-type#{KIND}"));
    assert_eq!(
        register(&world, "chandlery", &schema(10))["statusCode"],
        200
    );
    assert_eq!(types(&world), rows);
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
    assert_eq!(types(&world)[0]["revision"], 2);
}

#[test]
fn each_revision_can_be_read_as_it_stood() {
    let world = world();
    for length in [10, 20, 30] {
        register(&world, "chandlery", &schema(length));
    }
    let read = |revision: &str| {
        let token = operator(&world);
        read_at(&world, token, revision)
    };
    for (revision, length) in [("1", 10), ("2", 20), ("3", 30)] {
        let shown = body(&read(revision));
        assert_eq!(shown["revision"].to_string(), revision);
        assert_eq!(shown["schema"], schema(length));
        assert_eq!(shown["registered_by"], "partner/chandlery");
    }
    assert_eq!(problem(&read("4")), (404, "no-such-event-type".to_owned()));
    for none in ["0", "01", "+1", "1.0", "", "4294967296"] {
        let answer = read(none);
        assert_eq!(body(&answer)["field"], "revision");
        assert_eq!(problem(&answer), (400, "invalid-parameter".to_owned()));
    }
    let stranger = operator(&world).claim("fairlead:tenant", "airport");
    let nothing = read_at(&world, stranger, "1");
    assert_eq!(problem(&nothing), (404, "no-such-event-type".to_owned()));
    let listed = body(&send_as(&world, operator(&world), LIST, "a.v1", ""));
    assert_eq!(listed["event_types"].as_array().unwrap().len(), 1);
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

#[test]
fn a_machine_is_believed_as_long_as_the_directory_says_the_same_of_its_client() {
    let world = world();
    let mut row = Token::client_row("harbour", "chandlery", "letters");
    row["partner"] = "crm".into();
    world.put_row("directory", row);
    let answer = register(&world, "chandlery", &schema(10));
    assert_eq!(problem(&answer), (401, "token-invalid".to_owned()));
    assert!(types(&world).is_empty());
}

const LIST: &str = "GET /v1/event-types";
const PUT: &str = "PUT /v1/event-types/{type}";

#[test]
fn an_operator_registers_types_and_changes_those_of_partners_so_that_nothing_breaks() {
    let world = world();
    let put = |length| {
        let schema = schema(length).to_string();
        send_as(&world, operator(&world), PUT, KIND, &schema)
    };
    assert_eq!(body(&put(10))["registered_by"], "operator");
    let taken = register(&world, "chandlery", &schema(20));
    assert_eq!(problem(&taken), (409, "event-type-taken".to_owned()));
    let theirs = "com.example.parcel.sent.v1";
    send(
        &world,
        "chandlery",
        "PUT",
        theirs,
        r#"{"type":"string","maxLength":10}"#,
    );
    let wider = r#"{"type":"string","maxLength":20}"#;
    let changed = body(&send_as(&world, operator(&world), PUT, theirs, wider));
    assert_eq!(changed["registered_by"], "partner/chandlery");
    assert_eq!(changed["revision"], 2);
    assert_eq!(problem(&put(5)), (409, "breaking-change".to_owned()));
}

#[test]
fn types_are_listed_page_by_page_without_their_schemas() {
    let world = world();
    for n in 1..=51 {
        let kind = format!("com.example.n{n:02}.v1");
        send(&world, "chandlery", "PUT", &kind, "{}");
    }
    let page = |after: &str| body(&send_as(&world, operator(&world), LIST, after, ""));
    let first = page("a.v1");
    assert_eq!(first["event_types"].as_array().unwrap().len(), 50);
    let listed = json!({
        "type": "com.example.n01.v1", "revision": 1, "registered_by": "partner/chandlery",
    });
    assert_eq!(first["event_types"][0], listed);
    let last = page(first["next"].as_str().unwrap());
    assert_eq!(last["event_types"][0]["type"], "com.example.n51.v1");
    assert_eq!(last.get("next"), None);
    assert_eq!(page("z.v1"), json!({ "event_types": [] }));
}

#[test]
fn an_operator_gets_at_their_own_tenants_types_alone() {
    let world = world();
    register(&world, "chandlery", &schema(10));
    let stranger = operator(&world).claim("fairlead:tenant", "airport");
    let nothing = body(&send_as(&world, stranger, LIST, "a.v1", ""));
    assert_eq!(nothing, json!({ "event_types": [] }));
    let of_nobody = operator(&world).without("fairlead:tenant");
    let answer = send_as(&world, of_nobody, LIST, "a.v1", "");
    assert_eq!(problem(&answer), (403, "no-tenant-in-token".to_owned()));
}
