use crate::{JANE, MERGED, app, by_id, resolve, send, send_to, world};
use serde_json::{Value, json};
use testkit::World;

/// The calls that a warm process makes for `request`.
fn calls(world: &World, request: &Value) -> Vec<String> {
    let app = app(world);
    send_to(&app, world, request);
    let before = world.trace().len();
    assert_eq!(send_to(&app, world, request)["statusCode"], 200);
    let calls = world.trace().into_iter().skip(before);
    calls.map(|traced| traced.call.to_string()).collect()
}

#[test]
fn by_id_it_is_one_read_and_one_write() {
    let world = world(1);
    assert_eq!(
        calls(&world, &by_id(&world, JANE)),
        [
            "dynamodb:BatchGetItem profiles",
            "dynamodb:PutItem receipts"
        ]
    );
}

#[test]
fn by_an_identifier_it_is_two_reads_and_one_write() {
    let world = world(1);
    assert_eq!(
        calls(
            &world,
            &resolve(&world, &json!({ "email": "jane@example.com" }))
        ),
        [
            "dynamodb:BatchGetItem identifiers",
            "dynamodb:BatchGetItem profiles",
            "dynamodb:PutItem receipts",
        ]
    );
}

#[test]
fn a_redirect_is_one_more_read() {
    let world = world(1);
    assert_eq!(calls(&world, &by_id(&world, MERGED)).len(), 3);
}

#[test]
fn the_first_answer_also_reads_the_keys_and_the_directory_and_takes_a_share_of_the_limit() {
    let world = world(1);
    send(&world, &by_id(&world, JANE));
    let calls = world.trace();
    let calls: Vec<String> = calls
        .iter()
        .map(|traced| traced.call.operation.clone())
        .collect();
    assert_eq!(
        calls,
        [
            "ReadKeys",
            "GetItem",
            "GetItem",
            "UpdateItem",
            "Query",
            "GetItem",
            "BatchGetItem",
            "PutItem"
        ]
    );
}
