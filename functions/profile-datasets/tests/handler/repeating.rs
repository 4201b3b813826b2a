use serde_json::{Value, json};
use testkit::Fault;

use crate::{assert_problem, body, close, push, request, send, world};

const KEY: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";
const DELETE: &str = "DELETE /v1/me/datasets/{name}";

fn keyed(mut request: Value) -> Value {
    request["headers"]["idempotency-key"] = KEY.into();
    request
}

#[test]
fn a_push_under_a_key_is_answered_by_the_first_answer_whatever_came_since() {
    let world = world(1);
    let mine = keyed(push(&[("theme", Some("dark"), 0)]));
    let first = send(&world, &mine);
    assert_eq!(first["statusCode"], 200);
    let version = body(&first)["version"].as_u64().unwrap();
    send(&world, &push(&[("theme", Some("light"), version)]));
    let again = send(&world, &mine);
    assert_eq!(again["headers"]["idempotency-replayed"], "true");
    assert_eq!(again["body"], first["body"]);
    let other = keyed(push(&[("theme", None, 0)]));
    let field = Some("Idempotency-Key");
    assert_problem(&send(&world, &other), 422, "idempotency-key-reused", field);
}

#[test]
fn a_push_that_was_made_and_not_answered_is_recognised_when_it_is_taken_over() {
    let world = world(1);
    world.faults().always(Fault::Unavailable, |call| {
        call.to_string().starts_with("dynamodb:UpdateItem ledger")
    });
    let mut mine = keyed(push(&[("theme", Some("dark"), 0)]));
    mine["headers"]["if-match"] = "\"0\"".into();
    let first = send(&world, &mine);
    world.faults().heal();
    assert_problem(&send(&world, &mine), 409, "request-under-way", None);
    world.advance(std::time::Duration::from_secs(10));
    assert_eq!(send(&world, &mine)["body"], first["body"]);
}

#[test]
fn no_kept_answer_tells_of_who_was_erased_or_asked_for_it() {
    for closed in ["erasing", "erased"] {
        let world = world(1);
        send(&world, &push(&[("theme", Some("light"), 0)]));
        // The conflict tells what stands there.
        let mine = keyed(push(&[("theme", Some("dark"), 0)]));
        assert_eq!(send(&world, &mine)["statusCode"], 409);
        close(&world, closed);
        assert_problem(&send(&world, &mine), 404, "no-such-profile", None);
    }
}

#[test]
fn a_deletion_under_a_key_spares_what_was_pushed_after_it() {
    let world = world(1);
    let deletion = keyed(request(DELETE));
    send(&world, &push(&[("theme", Some("dark"), 0)]));
    assert_eq!(send(&world, &deletion)["statusCode"], 204);
    send(&world, &push(&[("theme", Some("light"), 0)]));
    assert_eq!(send(&world, &deletion)["statusCode"], 204);
    let kept = send(&world, &request("GET /v1/me/datasets/{name}"));
    assert_eq!(body(&kept)["records"][0]["value"], json!("light"));
}
