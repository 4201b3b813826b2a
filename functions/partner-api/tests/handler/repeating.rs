use serde_json::{Value, json};
use testkit::{Fault, World};

use crate::{
    JANE, JESS, JOAN, NOBODY, app, assert_problem, batch, body, by_id, decide, put_person,
    receipts, resolve, send, send_to, world,
};

const KEY: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";

fn keyed(mut request: Value) -> Value {
    request["headers"]["idempotency-key"] = KEY.into();
    request["requestContext"]["requestId"] = format!("request {}", next_id()).into();
    request
}

/// API Gateway gives each request an id of its own.
fn next_id() -> usize {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(2);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn jane(world: &World) -> Value {
    keyed(resolve(world, &json!({ "email": "jane@example.com" })))
}

#[test]
fn the_same_question_has_one_receipt_and_the_data_of_now() {
    let world = world(1);
    let first = send(&world, &jane(&world));
    let before = receipts(&world);
    put_person(&world, JANE, "Janet", &json!({}));
    world.advance(std::time::Duration::from_hours(23));
    let again = send(&world, &jane(&world));
    assert_eq!(again["headers"], first["headers"]);
    assert_eq!(body(&again)["data"]["given_name"], "Janet");
    assert_eq!(receipts(&world), before);
    assert_eq!(before.len(), 1);
}

#[test]
fn what_was_withdrawn_in_between_is_not_given_again_and_that_has_one_receipt_too() {
    let world = world(1);
    let first = body(&send(&world, &jane(&world)));
    world.advance(std::time::Duration::from_secs(1));
    decide(&world, JANE, "newsletter", "withdrawn", None);
    let refused = send(&world, &jane(&world));
    assert_problem(&refused, 403, "not-permitted", None);
    let refused = body(&refused);
    assert_ne!(refused["receipt_id"], first["receipt_id"]);
    assert_eq!(body(&send(&world, &jane(&world))), refused);
    let outcomes: Vec<Value> = receipts(&world)
        .iter()
        .map(|row| row["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["allowed", "refused"]);
}

#[test]
fn of_a_batch_those_keep_their_receipt_on_whom_nothing_changed() {
    let world = world(1);
    let everybody = json!([
        { "profile_id": JANE }, { "profile_id": JOAN }, { "profile_id": JANE },
        { "profile_id": JESS }, { "profile_id": NOBODY },
    ]);
    let ask = || {
        let answer = body(&send(&world, &keyed(batch(&world, &everybody))));
        let answers = answer["answers"].as_array().unwrap().iter();
        answers
            .map(|answer| answer["receipt_id"].clone())
            .collect::<Vec<_>>()
    };
    let first = ask();
    assert_eq!(ask(), first);
    decide(&world, JOAN, "newsletter", "granted", None);
    let second = ask();
    for (n, receipt) in second.iter().enumerate() {
        assert_eq!(*receipt == first[n], n != 1);
    }
    assert_eq!(ask(), second);
    assert_eq!(receipts(&world).len(), 6);
}

#[test]
fn another_question_under_the_key_is_refused_and_learns_nothing() {
    let world = world(1);
    send(&world, &jane(&world));
    let mut for_another_purpose = jane(&world);
    for_another_purpose["headers"]["fairlead-purpose"] = "customer-service".into();
    let others = [
        keyed(resolve(&world, &json!({ "external_id": "C-17" }))),
        for_another_purpose,
    ];
    for other in others {
        let field = Some("Idempotency-Key");
        assert_problem(&send(&world, &other), 422, "idempotency-key-reused", field);
    }
    assert_eq!(receipts(&world).len(), 1);
    // Of another partner it is another key, and a route that reads by GET knows none.
    let mut of_another = jane(&world);
    world.put_row(
        "directory",
        testkit::tokens::Token::client_row("harbour", "shop", "letters"),
    );
    let machine =
        testkit::tokens::Token::machine(world.clock().now(), "harbour", "shop", "letters");
    of_another["headers"]["authorization"] = machine.scope("fairlead/profile.read").bearer().into();
    assert_eq!(send(&world, &of_another)["statusCode"], 403);
    assert_eq!(send(&world, &keyed(by_id(&world, JANE)))["statusCode"], 200);
}

#[test]
fn a_key_costs_one_call_the_first_time_and_each_time_after() {
    let world = world(1);
    let app = app(&world);
    send_to(
        &app,
        &world,
        &resolve(&world, &json!({ "email": "jane@example.com" })),
    );
    for _ in 0..2 {
        let before = world.trace().len();
        send_to(&app, &world, &jane(&world));
        let calls: Vec<String> = world
            .trace()
            .into_iter()
            .skip(before)
            .map(|traced| traced.call.operation)
            .collect();
        assert_eq!(
            calls,
            ["BatchGetItem", "BatchGetItem", "PutItem", "PutItem"]
        );
    }
}

#[test]
fn a_receipt_that_could_not_be_written_is_written_by_the_repetition() {
    let world = world(1);
    world.faults().always(Fault::Unavailable, |call| {
        call.to_string() == "dynamodb:PutItem receipts"
    });
    assert_problem(&send(&world, &jane(&world)), 503, "unavailable", None);
    world.faults().heal();
    let answer = body(&send(&world, &jane(&world)));
    let on_record = receipts(&world);
    assert_eq!(on_record.len(), 1);
    assert_eq!(on_record[0]["receipt_id"], answer["receipt_id"]);
}

#[test]
fn without_the_ledger_a_question_under_a_key_is_not_answered() {
    let world = world(1);
    world.faults().always(Fault::Unavailable, |call| {
        call.to_string() == "dynamodb:PutItem ledger"
    });
    assert_problem(&send(&world, &jane(&world)), 503, "unavailable", None);
    assert!(receipts(&world).is_empty());
}
