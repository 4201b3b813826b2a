//! A request that comes again under its key is not made twice.

use serde_json::{Value, json};
use testkit::World;

use crate::{
    MEMBER, ROOT, app, asks, by_anybody, by_person, machines::is_told, of_machine, of_person,
    person, profile, whole_answer, world,
};

const KEY: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";
const ACK: &str = "POST /v1/erasures/{erasure_id}/ack";

/// Of whom a partner was told as well.
const ANOTHER: &str = "era_0123456789abcdef0123456789abcdef";

fn keyed(mut request: Value) -> Value {
    request["headers"]["idempotency-key"] = KEY.into();
    request
}

/// The person's request under the key.
fn by_key(route: &str) -> Value {
    keyed(of_person(route, &person(MEMBER, "write")))
}

/// The same with something in its body, of which the route takes nothing.
fn with_body(mut request: Value) -> Value {
    request["body"] = "{\"really\":true}".into();
    request
}

/// A new process answers.
fn send(world: &World, request: &Value) -> Value {
    whole_answer(&app(world), world, request)
}

/// That the answer is the first one once more.
fn assert_kept(world: &World, request: &Value, first: &Value) {
    assert_eq!(first["headers"].get("idempotency-replayed"), None);
    let again = send(world, request);
    assert_eq!(again["headers"]["idempotency-replayed"], "true", "{again}");
    for member in ["statusCode", "body"] {
        assert_eq!(again[member], first[member]);
    }
    assert_eq!(
        again["headers"].get("location"),
        first["headers"].get("location")
    );
}

/// That the key is one of another request, and nothing was done.
fn assert_refused(world: &World, request: &Value) {
    let tables = ["profiles", "erasures"];
    let before = tables.map(|table| world.rows(table));
    let answer = send(world, request);
    assert_eq!(answer["statusCode"], 422, "{answer}");
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let kind = body["type"].as_str().unwrap();
    assert!(kind.ends_with("/idempotency-key-reused"), "{body}");
    assert_eq!(body["field"], "Idempotency-Key");
    assert_eq!(tables.map(|table| world.rows(table)), before);
}

#[test]
fn an_erasure_is_asked_for_once_under_a_key_though_it_was_taken_back_meanwhile() {
    let world = world();
    let request = by_key("DELETE /v1/me");
    let first = send(&world, &request);
    assert_eq!(first["statusCode"], 202);
    assert_kept(&world, &request, &first);
    assert_refused(&world, &with_body(request.clone()));
    let back = by_person(&world, "DELETE /v1/me/erasure", &person(MEMBER, "write"));
    assert_eq!(back.0, 204);
    assert_kept(&world, &request, &first);
    // Whoever thought better of it stays, whatever their app sends again.
    assert_eq!(profile(&world, ROOT).get("closed"), None);
    assert_eq!(erasures(&world), ["withdrawn"]);
}

#[test]
fn an_erasure_is_taken_back_once_under_a_key_though_another_was_asked_for_meanwhile() {
    let world = world();
    asks(&world);
    let request = by_key("DELETE /v1/me/erasure");
    let first = send(&world, &request);
    assert_eq!(first["statusCode"], 204);
    let (_, begun) = asks(&world);
    assert_kept(&world, &request, &first);
    assert_refused(&world, &with_body(request));
    assert_eq!(profile(&world, ROOT)["closed"], "erasing");
    let id = begun["erasure_id"].as_str().unwrap();
    let (_, told) = by_anybody(&world, "GET /v1/erasures/{erasure_id}", id);
    assert_eq!(told["state"], "requested");
}

#[test]
fn a_key_stands_for_one_acknowledgement() {
    let world = world();
    let id = asks(&world).1["erasure_id"].as_str().unwrap().to_owned();
    is_told(&world, &id, "chandlery");
    is_told(&world, ANOTHER, "chandlery");
    let request = keyed(of_machine(&world, ACK, "chandlery", &id));
    let first = send(&world, &request);
    assert_eq!(first["statusCode"], 204);
    assert_refused(&world, &with_body(request.clone()));
    assert_refused(
        &world,
        &keyed(of_machine(&world, ACK, "chandlery", ANOTHER)),
    );
    assert_eq!(acknowledged(&world), [json!(id)]);
    // Had the repetition been carried out, the row would say so once more.
    is_told(&world, &id, "chandlery");
    assert_kept(&world, &request, &first);
    assert_eq!(acknowledged(&world), Vec::<Value>::new());
    // The key is the partner's: another one's is another.
    is_told(&world, &id, "sailmaker");
    let of_another = keyed(of_machine(&world, ACK, "sailmaker", &id));
    assert_eq!(
        send(&world, &of_another)["headers"].get("idempotency-replayed"),
        None
    );
    assert_eq!(acknowledged(&world), [json!(id)]);
}

/// How far each erasure is.
fn erasures(world: &World) -> Vec<Value> {
    let rows = world.rows("erasures").into_iter();
    let rows = rows.filter(|row| row["part"] == "erasure");
    rows.map(|row| row["state"].clone()).collect()
}

/// Which erasures a partner has acknowledged.
fn acknowledged(world: &World) -> Vec<Value> {
    let rows = world.rows("erasures").into_iter();
    let rows = rows.filter(|row| row.get("acknowledged_at").is_some());
    rows.map(|row| row["erasure_id"].clone()).collect()
}
