use serde_json::Value;
use testkit::{Fault, World};

use crate::{
    GRANTED, JANE, JOAN, WITHDRAWN, assert_problem, claims, consent, every_route, outbox, patch,
    row, send, world,
};

const KEY: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";

fn keyed(mut request: Value) -> Value {
    request["headers"]["idempotency-key"] = KEY.into();
    request
}

fn change() -> Value {
    keyed(patch(r#"{"given_name":"Zoe"}"#, "\"3\""))
}

/// The answer is on record as nobody's: the ledger fails where it would be kept.
fn send_and_lose(world: &World, request: &Value) -> Value {
    world.faults().always(Fault::Unavailable, |call| {
        call.to_string().starts_with("dynamodb:UpdateItem ledger")
    });
    let answer = send(world, request);
    world.faults().heal();
    answer
}

#[test]
fn a_change_under_a_key_is_made_once_and_answered_the_same() {
    let world = world(1);
    let first = send(&world, &change());
    assert_eq!(first["headers"]["etag"], "\"4\"");
    let again = send(&world, &change());
    assert_eq!(again["headers"]["idempotency-replayed"], "true");
    assert_eq!(again["body"], first["body"]);
    assert_eq!(again["headers"]["etag"], "\"4\"");
    assert_eq!(outbox(&world).len(), 1);
}

#[test]
fn a_change_that_was_made_and_not_answered_is_recognised_when_it_is_taken_over() {
    let world = world(1);
    let first = send_and_lose(&world, &change());
    assert_problem(&send(&world, &change()), 409, "request-under-way", None);
    world.advance(std::time::Duration::from_secs(10));
    let again = send(&world, &change());
    assert_eq!(again["headers"].get("idempotency-replayed"), None);
    assert_eq!(again["body"], first["body"]);
    assert_eq!(outbox(&world).len(), 1);
    // Without a key it is another request, and its version is over.
    let other = send(&world, &patch(r#"{"given_name":"Zoe"}"#, "\"3\""));
    assert_problem(&other, 412, "stale-version", None);
}

#[test]
fn a_key_stands_for_one_decision() {
    let world = world(1);
    let granted = keyed(consent("newsletter", GRANTED));
    let answer = send(&world, &granted);
    assert_eq!(answer["statusCode"], 200);
    let others = [
        keyed(consent("newsletter", WITHDRAWN)),
        keyed(consent("partner-offers", GRANTED)),
    ];
    for other in others {
        let field = Some("Idempotency-Key");
        assert_problem(&send(&world, &other), 422, "idempotency-key-reused", field);
    }
    // On another route, and of another login, it is another key.
    assert_eq!(send(&world, &change())["statusCode"], 200);
    let mut of_another = keyed(consent("newsletter", WITHDRAWN));
    claims(&mut of_another)["sub"] = "0d0f5f3c-7c4d-4b7e-9a55-6b1f0e2a1a11".into();
    assert_eq!(send(&world, &of_another)["statusCode"], 200);
}

/// The profile is closed, and leads to `root` if it was merged.
fn close(world: &World, id: &str, closed: &str, root: Option<&str>) {
    let mut profile = row(world, id, "profile").unwrap();
    profile["closed"] = closed.into();
    if let Some(root) = root {
        profile["merged_into"] = root.into();
    }
    world.put_row("profiles", profile);
}

#[test]
fn no_kept_answer_tells_of_who_was_erased_or_asked_for_it() {
    for closed in ["erasing", "erased"] {
        let world = world(1);
        let requests = [change(), keyed(consent("newsletter", GRANTED))];
        for request in &requests {
            assert_eq!(send(&world, request)["statusCode"], 200);
        }
        let before = row(&world, JANE, "profile").unwrap();
        close(&world, JANE, closed, None);
        for request in &requests {
            assert_problem(&send(&world, request), 404, "no-such-profile", None);
        }
        // Who thought better of it has their answers again.
        world.put_row("profiles", before);
        for request in &requests {
            assert_eq!(
                send(&world, request)["headers"]["idempotency-replayed"],
                "true"
            );
        }
    }
}

#[test]
fn no_kept_answer_tells_of_a_member_of_who_asked_to_be_erased() {
    let world = world(1);
    assert_eq!(send(&world, &change())["statusCode"], 200);
    close(&world, JANE, "merged", Some(JOAN));
    assert_eq!(send(&world, &change())["statusCode"], 200);
    close(&world, JOAN, "erasing", None);
    assert_problem(&send(&world, &change()), 404, "no-such-profile", None);
}

#[test]
fn what_is_no_key_is_refused_on_each_route_that_changes_something_and_unread_on_the_others() {
    for (n, mut request) in every_route().into_iter().enumerate() {
        let world = world(1);
        request["headers"]["idempotency-key"] = "short".into();
        let answer = send(&world, &request);
        if n < 3 {
            assert_eq!(answer["statusCode"], 200);
        } else {
            let field = Some("Idempotency-Key");
            assert_problem(&answer, 400, "invalid-idempotency-key", field);
            assert!(world.trace().is_empty());
        }
    }
}
