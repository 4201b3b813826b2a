//! Which types of events whoever may send them is shown.

use serde_json::{Value, json};
use testkit::{Service, World, tokens::Token};

use crate::{JANE, document, get, seen};

const PLACED: &str = "com.example.order.placed.v1";

/// A tenant that takes orders, and another one that hears of runways.
fn world() -> World {
    let world = World::new(1);
    let orders = json!({
        "$defs": { "order": { "type": "string", "description": "<b>4711</b>" } },
        "properties": { "order": { "$ref": "#/$defs/order" } },
    });
    for (tenant, name, schema) in [
        ("harbour", PLACED, orders),
        ("airport", "com.example.runway.closed.v1", json!(true)),
    ] {
        put_type(&world, tenant, name, &schema);
    }
    world.put_row(
        "directory",
        Token::client_row("harbour", "chandlery", "letters"),
    );
    world
}

fn put_type(world: &World, tenant: &str, name: &str, schema: &Value) {
    world.put_row(
        "directory",
        json!({
            "tenant": tenant, "part": format!("event-type#{name}"), "schema": schema.to_string(),
            "revision": 2, "registered_by": "partner/chandlery",
        }),
    );
}

fn machine(world: &World) -> Token {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    token.scope("fairlead/events.write")
}

fn operator(world: &World) -> Token {
    Token::operator(world.clock().now(), JANE).scope("fairlead/events.write")
}

fn page(world: &World, token: &Token) -> String {
    let mut answer = get(world, "/docs", Some(&token.bearer()));
    answer["body"].take().as_str().unwrap().to_owned()
}

#[test]
fn whoever_may_send_events_sees_their_tenants_types_with_their_schemas() {
    let world = world();
    for token in [machine(&world), operator(&world)] {
        let seen = seen(&world, Some(&token));
        let listed = json!([{
            "type": PLACED,
            "revision": 2,
            "registered_by": "partner/chandlery",
            "schema": { "$ref": format!("#/components/schemas/{PLACED}") },
        }]);
        assert_eq!(
            seen["x-event-types"],
            json!({ "types": listed, "are_all": true })
        );
        let schema = &seen["components"]["schemas"][PLACED];
        assert_eq!(schema["$id"], format!("/v1/event-types/{PLACED}"));
        assert_eq!(schema["properties"]["order"]["$ref"], "#/$defs/order");
        let page = page(&world, &token);
        assert!(page.contains(&format!("id=\"type-{PLACED}\"")), "{page}");
        assert!(page.contains("&lt;b&gt;4711&lt;/b&gt;") && !page.contains("<b>4711"));
        assert!(!page.contains("runway") && !seen.to_string().contains("runway"));
    }
}

#[test]
fn nobody_else_does_and_no_table_is_read_for_them() {
    let world = world();
    let now = world.clock().now();
    let reader = Token::machine(now, "harbour", "chandlery", "letters");
    let person = Token::person(now, JANE).scope("fairlead/profile.read fairlead/events.write");
    let of_no_tenant = operator(&world).without("fairlead:tenant");
    for token in [reader.scope("fairlead/profile.read"), person, of_no_tenant] {
        let seen = seen(&world, Some(&token));
        assert_eq!(seen.get("x-event-types"), None);
        assert!(!page(&world, &token).contains("Types of events"));
    }
    assert_eq!(seen(&world, None).get("x-event-types"), None);
    let calls = world.trace().into_iter();
    let mut read = calls.filter(|traced| traced.call.service == Service::DynamoDb);
    assert!(read.next().is_none());
}

#[test]
fn a_machine_that_the_directory_has_no_longer_sees_the_routes_and_no_types() {
    let world = world();
    let another = machine(&world)
        .claim("client_id", "4another0000000000000000000")
        .claim("sub", "4another0000000000000000000");
    let seen = seen(&world, Some(&another));
    assert_eq!(seen.get("x-event-types"), None);
    assert!(seen["paths"].get("/v1/event-types").is_some());
}

#[test]
fn the_older_form_is_without_them() {
    let world = world();
    let older = document(&world, "/openapi-3.0.json", Some(&machine(&world)));
    assert_eq!(older.get("x-event-types"), None);
    assert_eq!(older["components"]["schemas"].get(PLACED), None);
}

#[test]
fn what_is_too_much_for_one_answer_is_said_to_be_more() {
    let world = world();
    let long = json!({ "description": "x".repeat(60_000) });
    for n in 0..30 {
        put_type(
            &world,
            "harbour",
            &format!("com.example.long{n:02}.v1"),
            &long,
        );
    }
    let shown = &seen(&world, Some(&machine(&world)))["x-event-types"];
    assert_eq!(shown["are_all"], false);
    assert_eq!(shown["types"].as_array().unwrap().len(), 17);
    assert!(page(&world, &machine(&world)).contains("There are more of them"));
    // Written out, this one is longer than a page may be.
    let deep = format!("{}{}", "[".repeat(60), "]".repeat(60));
    let deep: Value = serde_json::from_str(&deep).unwrap();
    let wide = json!({ "examples": vec![deep; 500] });
    let world = self::world();
    put_type(&world, "harbour", "com.example.wide.v1", &wide);
    assert!(page(&world, &machine(&world)).contains("too long for a page"));
}

#[test]
fn while_the_directory_can_not_be_read_it_is_to_be_asked_again() {
    let world = world();
    world.faults().down(Service::DynamoDb);
    let answer = get(&world, "/openapi.json", Some(&operator(&world).bearer()));
    assert_eq!(answer["statusCode"], 503);
    assert_eq!(answer["headers"]["retry-after"], "5");
}
