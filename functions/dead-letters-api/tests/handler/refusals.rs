use serde_json::{Value, json};
use testkit::tokens::Token;

use crate::{
    LIST, OPERATOR, QUEUE, REDRIVE, SHOW, SOURCE, all, left, operator, problem, request, send,
    world,
};

#[test]
fn only_operators_with_the_scope_see_or_move_anything() {
    let world = world(1);
    let now = world.clock().now();
    let reader = Token::operator(now, OPERATOR).scope("fairlead/dead-letters.read");
    let mover = Token::operator(now, OPERATOR).scope("fairlead/dead-letters.redrive");
    let scopes = "fairlead/dead-letters.read fairlead/dead-letters.redrive";
    let person = Token::person(now, OPERATOR).scope(scopes);
    let machine = Token::machine(now, "harbour", "chandlery", "letters").scope(scopes);
    for (token, route, refused) in [
        (&mover, LIST, "scope-missing"),
        (&mover, SHOW, "scope-missing"),
        (&reader, REDRIVE, "scope-missing"),
        (&person, LIST, "wrong-principal"),
        (&person, REDRIVE, "wrong-principal"),
        (&machine, SHOW, "wrong-principal"),
        (&machine, REDRIVE, "wrong-principal"),
    ] {
        let answer = send(&world, &request(token, route, QUEUE, &all()));
        assert_eq!(problem(&answer), (403, refused), "{route}");
    }
    assert_eq!(left(&world, QUEUE), 1);
    for token in [&reader, &reader.clone().without("fairlead:tenant")] {
        let (status, _) = send(&world, &request(token, SHOW, QUEUE, &Value::Null));
        assert_eq!(status, 200);
    }
}

#[test]
fn a_queue_of_another_kind_is_none() {
    let world = world(0);
    for queue in [SOURCE, "", "no-such-queue", "../ledger"] {
        for route in [SHOW, REDRIVE] {
            let answer = send(&world, &request(&operator(&world), route, queue, &all()));
            assert_eq!(problem(&answer), (404, "no-such-dead-letter-queue"));
        }
    }
    assert!(
        world
            .trace()
            .iter()
            .all(|traced| traced.call.operation == "ReadKeys")
    );
}

#[test]
fn it_has_to_be_said_which_messages_are_meant() {
    let world = world(1);
    let many: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    for (body, refused) in [
        (json!({}), "invalid-field"),
        (json!({ "all": false }), "invalid-field"),
        (json!({ "messages": [] }), "invalid-field"),
        (json!({ "all": true, "messages": ["1"] }), "invalid-field"),
        (json!({ "messages": many }), "invalid-field"),
        (json!({ "messages": ["1 OR 2"] }), "malformed-body"),
        (json!({ "messages": [""] }), "malformed-body"),
        (json!({ "messages": "1" }), "malformed-body"),
        (json!({ "all": true, "force": true }), "malformed-body"),
        (json!([]), "malformed-body"),
        (Value::Null, "malformed-body"),
    ] {
        let answer = send(&world, &request(&operator(&world), REDRIVE, QUEUE, &body));
        assert_eq!(problem(&answer), (400, refused), "{body}");
    }
    let large = json!({ "messages": ["1".repeat(16 * 1024)] });
    let answer = send(&world, &request(&operator(&world), REDRIVE, QUEUE, &large));
    assert_eq!(problem(&answer), (413, "body-too-large"));
    let mut as_text = request(&operator(&world), REDRIVE, QUEUE, &all());
    as_text["headers"]["content-type"] = "text/plain".into();
    assert_eq!(problem(&send(&world, &as_text)), (415, "media-type"));
    assert_eq!(left(&world, QUEUE), 1);
}
