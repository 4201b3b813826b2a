use serde_json::{Value, json};
use testkit::{World, tokens::Token};

use crate::{
    MEMBER, ROOT, app, asks, by_anybody, by_person, person, profile, send, whole_answer, world,
};

const ROUTE: &str = "POST /v1/profiles/{profile_id}/erasure";
const NOBODY: &str = "prf_019bc0e21280700000000000000000ff";

fn operator(world: &World) -> Token {
    Token::operator(world.clock().now(), ROOT).scope("fairlead/profile.erase")
}

fn of(token: &Token, id: &str, body: &str) -> Value {
    json!({
        "routeKey": ROUTE,
        "headers": { "authorization": token.bearer(), "content-type": "application/json" },
        "pathParameters": { "profile_id": id },
        "body": body,
        "requestContext": { "requestId": "request-1" },
    })
}

fn asked(world: &World, id: &str, body: &str) -> (u64, Value) {
    send(world, &of(&operator(world), id, body))
}

const CASE: &str = r#"{"case":"desk/17"}"#;

fn erasure(world: &World) -> Value {
    let mut rows = world.rows("erasures").into_iter();
    rows.find(|row| row["part"] == "erasure").unwrap()
}

#[test]
fn who_has_no_login_is_erased_at_an_operators_word_which_is_on_record() {
    let world = world();
    let (status, begun) = asked(&world, MEMBER, CASE);
    assert_eq!((status, &begun["state"]), (202, &json!("requested")));
    let root = profile(&world, ROOT);
    assert_eq!(root["closed"], "erasing");
    assert_eq!(root["erasure_id"], begun["erasure_id"]);
    let row = erasure(&world);
    let operator = json!(operator(&world).claims)["sub"].clone();
    assert_eq!(
        (&row["by_operator"], &row["case"]),
        (&operator, &json!("desk/17"))
    );
    // Whoever has the id learns how far it is, and not who asked for it.
    let id = begun["erasure_id"].as_str().unwrap();
    let (_, told) = by_anybody(&world, "GET /v1/erasures/{erasure_id}", id);
    assert_eq!(told, begun);
    assert!(!told.to_string().contains("desk"), "{told}");
}

#[test]
fn who_is_leaving_already_is_told_of_and_stays_as_they_are() {
    let world = world();
    let (_, begun) = asks(&world);
    let before = [world.rows("profiles"), world.rows("erasures")];
    let (status, again) = asked(&world, MEMBER, CASE);
    assert_eq!(status, 202);
    assert_eq!(again["erasure_id"], begun["erasure_id"]);
    assert_eq!([world.rows("profiles"), world.rows("erasures")], before);
}

#[test]
fn who_has_a_login_may_still_take_it_back() {
    let world = world();
    asked(&world, ROOT, CASE);
    let back = by_person(&world, "DELETE /v1/me/erasure", &person(MEMBER, "write"));
    assert_eq!(back.0, 204);
    assert_eq!(profile(&world, ROOT).get("closed"), None);
}

#[test]
fn only_operators_with_the_scope_may() {
    let world = world();
    let now = world.clock().now();
    let before = world.rows("profiles");
    let scope = "fairlead/profile.erase";
    let machine = Token::machine(now, "harbour", "chandlery", "letters");
    for (token, problem) in [
        (
            Token::operator(now, ROOT).scope("fairlead/profile.merge"),
            "scope-missing",
        ),
        (Token::person(now, ROOT).scope(scope), "wrong-principal"),
        (machine.scope(scope), "wrong-principal"),
    ] {
        let (status, answer) = send(&world, &of(&token, ROOT, CASE));
        assert_eq!(status, 403);
        assert!(
            answer["type"].as_str().unwrap().ends_with(problem),
            "{answer}"
        );
    }
    let mut bare = of(&operator(&world), ROOT, CASE);
    bare["headers"]
        .as_object_mut()
        .unwrap()
        .remove("authorization");
    assert_eq!(send(&world, &bare).0, 401);
    assert_eq!(world.rows("profiles"), before);
}

#[test]
fn what_can_not_be_taken_is_said_by_its_problem() {
    let world = world();
    let before = world.rows("profiles");
    for (id, body, status, problem) in [
        ("no id", CASE, 400, "invalid-field"),
        (NOBODY, CASE, 404, "no-such-profile"),
        (ROOT, "", 400, "malformed-body"),
        (ROOT, "{}", 400, "malformed-body"),
        (
            ROOT,
            r#"{"case":"Jane Doe, by letter"}"#,
            400,
            "malformed-body",
        ),
        (ROOT, r#"{"case":"1","because":"2"}"#, 400, "malformed-body"),
        (ROOT, &"x".repeat(2_000), 413, "body-too-large"),
    ] {
        let answer = asked(&world, id, body);
        assert_eq!(answer.0, status, "{id} {body}");
        let kind = answer.1["type"].as_str().unwrap();
        assert!(kind.ends_with(&format!("/{problem}")), "{kind}");
    }
    let mut text = of(&operator(&world), ROOT, CASE);
    text["headers"]["content-type"] = "text/plain".into();
    assert_eq!(send(&world, &text).0, 415);
    assert_eq!(world.rows("profiles"), before);
}

#[test]
fn under_a_key_it_is_asked_for_once_though_the_person_stayed_meanwhile() {
    let world = world();
    let mut request = of(&operator(&world), ROOT, CASE);
    request["headers"]["idempotency-key"] = "8e03978e-40d5-43e8-bc93-6894a57f9324".into();
    let first = whole_answer(&app(&world), &world, &request);
    assert_eq!(first["statusCode"], 202);
    by_person(&world, "DELETE /v1/me/erasure", &person(MEMBER, "write"));
    let again = whole_answer(&app(&world), &world, &request);
    assert_eq!(again["headers"]["idempotency-replayed"], "true");
    assert_eq!(again["body"], first["body"]);
    assert_eq!(profile(&world, ROOT).get("closed"), None);
}
