//! The handler on a simulated AWS: what a sender sees of what was refused, and how it is sent again.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod kept;

use std::{collections::BTreeMap, time::Duration};

use event_rejected::{App, handle};
use intake::{Came, QuarantineWriter, RejectedItem, Surface, problems};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{World, tokens::Token};

const OPERATOR: &str = "prf_019bc0e2128070000000000000000009";
const KIND: &str = "com.example.order.placed.v1";

/// A world in which the harbour takes orders that have a number.
fn world() -> World {
    let world = World::new(1);
    let client = Token::client_row("harbour", "chandlery", "letters");
    world.put_row("directory", client);
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour", "part": format!("event-type#{KIND}"), "revision": 1,
            "schema": r#"{"type":"object","required":["order"]}"#,
        }),
    );
    world
}

fn order(data: &Value) -> Value {
    json!({ "specversion": "1.0", "id": "1", "source": "/shops/17", "type": KIND, "data": data })
}

/// An event of `partner` was refused; what it is called.
fn refuse(world: &World, partner: &str, raw: &[u8]) -> String {
    refuse_by(world, Surface::Events, partner, raw)
}

fn refuse_by(world: &World, surface: Surface, partner: &str, raw: &[u8]) -> String {
    let came = Came {
        surface,
        call: None,
        event_id: Some("1".to_owned()),
        subject: None,
        headers: BTreeMap::new(),
        raw,
    };
    refuse_as(world, partner, &came)
}

fn refuse_as(world: &World, partner: &str, came: &Came<'_>) -> String {
    let item = item(world, partner, came);
    keep(world, &item, came.raw);
    item.rejected_id
}

fn item(world: &World, partner: &str, came: &Came<'_>) -> RejectedItem {
    let whose = (&"harbour".parse().unwrap(), &partner.parse().unwrap());
    RejectedItem::new(whose, came, &problems::unknown_type(), world.clock().now())
}

/// As the functions keep it that refuse something.
fn keep(world: &World, item: &RejectedItem, raw: &[u8]) {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let writer = QuarantineWriter::new(&sdk, "quarantine", "events");
    world.block_on(writer.keep(item, raw)).unwrap();
}

fn send(world: &World, route: &str, id: &str, body: Option<&Value>) -> Value {
    let token = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    send_as(world, &token, &json!({}), route, id, body)
}

/// An operator of the harbour asks about events of `partner`.
fn by_operator(world: &World, partner: &str, route: &str, id: &str, body: Option<&Value>) -> Value {
    let token = Token::operator(world.clock().now(), OPERATOR);
    let query = json!({ "partner": partner });
    send_as(world, &token, &query, route, id, body)
}

fn send_as(
    world: &World,
    token: &Token,
    query: &Value,
    route: &str,
    id: &str,
    body: Option<&Value>,
) -> Value {
    let token = token.clone();
    let request = json!({
        "routeKey": route,
        "headers": {
            "authorization": token.scope("fairlead/events.write").bearer(),
            "content-type": "application/cloudevents+json",
        },
        "pathParameters": { "rejected_id": id },
        "queryStringParameters": query,
        "body": body.map(Value::to_string),
        "requestContext": { "requestId": "request-1" },
    });
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&request).unwrap();
    let answer = handle(&app, &event, world.invocation(Duration::from_secs(10)));
    serde_json::to_value(world.block_on(answer).unwrap()).unwrap()
}

const LIST: &str = "GET /v1/events/rejected";
const READ: &str = "GET /v1/events/rejected/{rejected_id}";
const RESUBMIT: &str = "POST /v1/events/rejected/{rejected_id}/resubmit";

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

fn problem(answer: &Value) -> (u64, String) {
    let kind = body(answer)["type"].as_str().unwrap().to_owned();
    let name = kind.rsplit('/').next().unwrap().to_owned();
    (answer["statusCode"].as_u64().unwrap(), name)
}

#[test]
fn a_sender_sees_its_own_refused_events_and_reads_them_as_they_came() {
    let world = world();
    let id = refuse(&world, "chandlery", br#"{ "id": 1 }"#);
    let others = refuse(&world, "crm", b"another partner's");
    let list = body(&send(&world, LIST, "", None));
    let listed = list["rejected"].as_array().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["rejected_id"], id.as_str());
    assert_eq!(listed[0]["state"], "waiting");
    assert!(!list.to_string().contains(r#"\"id\""#), "{list}");
    let one = body(&send(&world, READ, &id, None));
    assert_eq!(one["raw"], r#"{ "id": 1 }"#);
    assert_eq!(
        problem(&send(&world, READ, &others, None)),
        (404, "no-such-rejected-event".to_owned())
    );
}

#[test]
fn a_corrected_event_is_taken_once_and_noted() {
    let world = world();
    let id = refuse(
        &world,
        "chandlery",
        order(&json!({})).to_string().as_bytes(),
    );
    assert_eq!(
        problem(&send(&world, RESUBMIT, &id, None)),
        (400, "schema-violation".to_owned())
    );
    assert!(world.rows("events").is_empty());
    let corrected = order(&json!({ "order": "4711" }));
    for _ in 0..2 {
        assert_eq!(
            send(&world, RESUBMIT, &id, Some(&corrected))["statusCode"],
            204
        );
    }
    assert_eq!(world.rows("events").len(), 1);
    assert_eq!(world.rows("quarantine")[0]["state"], "resubmitted");
}

#[test]
fn an_event_is_taken_as_it_came_once_its_type_is_there() {
    let world = world();
    let raw = order(&json!({ "order": "4711" })).to_string();
    let id = refuse(&world, "chandlery", raw.as_bytes());
    assert_eq!(send(&world, RESUBMIT, &id, None)["statusCode"], 204);
    assert_eq!(world.rows("events").len(), 1);
}

#[test]
fn a_machine_is_believed_as_long_as_the_directory_says_the_same_of_its_client() {
    let world = world();
    let mut row = Token::client_row("harbour", "chandlery", "letters");
    row["partner"] = "crm".into();
    world.put_row("directory", row);
    let id = refuse(&world, "chandlery", b"{}");
    let answer = send(&world, READ, &id, None);
    assert_eq!(problem(&answer), (401, "token-invalid".to_owned()));
}

#[test]
fn a_machine_that_names_another_partner_is_not_answered_about_its_own() {
    let world = world();
    let id = refuse(&world, "chandlery", b"{}");
    let machine = Token::machine(world.clock().now(), "harbour", "chandlery", "letters");
    let ask = |partner: &str| {
        let query = json!({ "partner": partner });
        let answer = send_as(&world, &machine, &query, READ, &id, None);
        answer["statusCode"].clone()
    };
    assert_eq!(
        (ask("chandlery"), ask("ferry-line")),
        (json!(200), json!(400))
    );
}

#[test]
fn an_operator_learns_what_was_refused_of_a_partner_and_not_what_it_said() {
    let world = world();
    let id = refuse(&world, "chandlery", br#"{ "note": "Jane is ill" }"#);
    let list = by_operator(&world, "chandlery", LIST, "", None);
    assert_eq!(body(&list)["rejected"][0]["rejected_id"], id.as_str());
    let one = by_operator(&world, "chandlery", READ, &id, None);
    assert_eq!(one["statusCode"], 200);
    assert_eq!(body(&one)["rejected"]["state"], "waiting");
    for answer in [list, one] {
        assert!(!answer.to_string().contains("Jane"), "{answer}");
    }
    let others = by_operator(&world, "crm", READ, &id, None);
    assert_eq!(problem(&others), (404, "no-such-rejected-event".to_owned()));
    let unnamed = by_operator(&world, "", LIST, "", None);
    assert_eq!(problem(&unnamed), (400, "invalid-parameter".to_owned()));
}

#[test]
fn an_operator_has_taken_again_what_came_and_nothing_else() {
    let world = world();
    let raw = order(&json!({ "order": "4711" }));
    let id = refuse(&world, "chandlery", raw.to_string().as_bytes());
    let another = by_operator(&world, "chandlery", RESUBMIT, &id, Some(&raw));
    assert_eq!(problem(&another), (400, "malformed-body".to_owned()));
    assert!(world.rows("events").is_empty());
    for _ in 0..2 {
        let taken = by_operator(&world, "chandlery", RESUBMIT, &id, None);
        assert_eq!(taken["statusCode"], 204);
    }
    assert_eq!(world.rows("events")[0]["partner"], "chandlery");
    assert_eq!(world.rows("quarantine")[0]["state"], "resubmitted");
}

#[test]
fn an_operator_of_another_tenant_or_of_none_sees_nothing() {
    let world = world();
    let id = refuse(&world, "chandlery", b"{}");
    let query = json!({ "partner": "chandlery" });
    let operator = || Token::operator(world.clock().now(), OPERATOR);
    let stranger = operator().claim("fairlead:tenant", "airport");
    let answer = send_as(&world, &stranger, &query, READ, &id, None);
    assert_eq!(problem(&answer), (404, "no-such-rejected-event".to_owned()));
    let of_nobody = operator().without("fairlead:tenant");
    let answer = send_as(&world, &of_nobody, &query, READ, &id, None);
    assert_eq!(problem(&answer), (403, "no-tenant-in-token".to_owned()));
}
