//! A tenant's words for what Cognito writes to its people.

use serde_json::{Value, json};
use testkit::World;

use super::{Asking, MESSAGE, TENANT, harbour, named, problem};

const LIST: &str = "/v1/directory/{tenant}/messages";

fn words() -> Value {
    json!({
        "subject": "Your code for {tenant}",
        "email": "<p>{tenant}: <b>{####}</b></p>",
        "sms": "{tenant}: {####}",
    })
}

fn defined(world: &World, name: &str, body: &Value) -> (u64, Value) {
    let asking = Asking::of(world, name).id("request-2").absent();
    asking.put(MESSAGE, body)
}

#[test]
fn words_are_written_where_they_are_read_and_shown_to_operators() {
    let world = harbour();
    let (status, body) = defined(&world, "sign-up/de", &words());
    assert_eq!((status, &body["version"]), (201, &json!(1)), "{body}");
    let rows = world.rows("directory");
    let row = rows.iter().find(|row| row["part"] == "message#sign-up#de");
    for (part, text) in words().as_object().unwrap() {
        assert_eq!(&row.unwrap()[part], text);
    }
    let (_, shown) = Asking::of(&world, "sign-up/de").get(MESSAGE);
    assert_eq!(
        (&shown["kind"], &shown["language"]),
        (&json!("sign-up"), &json!("de"))
    );
    assert_eq!(shown["sms"], words()["sms"]);
    let (_, list) = Asking::of(&world, "").get(LIST);
    assert_eq!(list, json!({ "messages": [shown] }));
}

#[test]
fn words_are_changed_on_top_of_what_was_seen_and_what_is_left_out_is_ours_again() {
    let world = harbour();
    defined(&world, "sign-up/de", &words());
    let change = |id, version| {
        let asking = Asking::of(&world, "sign-up/de").id(id).at(version);
        asking.put(MESSAGE, &json!({ "sms": "{####}" }))
    };
    let (status, body) = change("request-3", 1);
    assert_eq!((status, body.get("email")), (200, None));
    assert_eq!(problem(change("request-4", 1)), named(412, "stale-version"));
}

#[test]
fn what_cognito_would_not_take_is_named_and_not_written() {
    let world = harbour();
    for (name, body, field) in [
        ("sign-up/de", json!({ "email": "no code" }), "email"),
        ("sign-up/de", json!({ "sms": "{username} {####}" }), "sms"),
        ("invitation/de", json!({ "sms": "{####}" }), "sms"),
        ("sign-up/de", json!({ "subject": "two\nlines" }), "subject"),
        (
            "sign-up/de",
            json!({ "subject": "x".repeat(141) }),
            "subject",
        ),
        ("sign-up/de", json!({ "subject": 7 }), "subject"),
        (
            "sign-up/de",
            json!({ "subject": format!("{{tenant}}{}", "x".repeat(127)) }),
            "subject",
        ),
    ] {
        let answer = defined(&world, name, &body);
        assert_eq!(answer.1["field"], field, "{body}");
        assert_eq!(problem(answer), named(400, "invalid-field"), "{body}");
    }
    assert_eq!(
        problem(defined(&world, "sign-up/de", &json!({}))),
        named(400, "invalid-field")
    );
    let more = json!({ "sms": "{####}", "push": "canary" });
    let answer = defined(&world, "sign-up/de", &more);
    assert!(!answer.1.to_string().contains("canary"));
    assert_eq!(problem(answer), named(400, "malformed-body"));
    let rows = world.rows("directory");
    let written = |row: &Value| row["part"].as_str().unwrap().starts_with("message#");
    assert!(!rows.iter().any(written));
}

#[test]
fn only_messages_that_there_are_have_words() {
    let world = harbour();
    for (name, field) in [
        ("welcome/de", "kind"),
        ("sign-up/DE", "language"),
        ("sign-up/german", "language"),
    ] {
        let answer = defined(&world, name, &words());
        assert_eq!(answer.1["field"], field);
        assert_eq!(problem(answer), named(400, "invalid-parameter"));
    }
    let none = Asking::of(&world, "sign-up/de").get(MESSAGE);
    assert_eq!(problem(none), named(404, "no-such-definition"));
}

#[test]
fn a_tenant_that_is_not_there_has_no_words() {
    let world = World::new(1);
    let answer = defined(&world, "sign-up/de", &words());
    assert_eq!(answer.1["field"], "tenant");
    assert_eq!(problem(answer), named(404, "no-such-definition"));
}

#[test]
fn a_list_of_messages_goes_on_where_a_page_ends() {
    let world = harbour();
    for n in 0..60_u8 {
        let code = format!("{}{}", char::from(b'a' + n / 26), char::from(b'a' + n % 26));
        let row = json!({
            "tenant": "harbour", "part": format!("message#sign-up#{code}"), "sms": "{####}",
        });
        world.put_row("directory", row);
    }
    let (_, first) = Asking::of(&world, "").get(LIST);
    assert_eq!(first["messages"].as_array().unwrap().len(), 50);
    assert_eq!(first["next"], "sign-up.bx");
    let request = json!({
        "routeKey": format!("GET {LIST}"),
        "headers": { "authorization": Asking::of(&world, "").token.bearer() },
        "pathParameters": { "tenant": "harbour" },
        "queryStringParameters": { "cursor": first["next"] },
        "requestContext": { "requestId": "request-1" },
    });
    let (_, second) = super::send(&world, &request);
    assert_eq!(second["messages"].as_array().unwrap().len(), 10);
    assert_eq!(second.get("next"), None);
}

#[test]
fn what_a_tenant_is_called_may_grow_once_its_words_are_there() {
    let world = harbour();
    defined(&world, "sign-up/de", &words());
    let body = json!({ "display_name": "x".repeat(128), "app_clients": ["1webclient"] });
    let asking = Asking::of(&world, "").id("request-3").at(1);
    assert_eq!(asking.put(TENANT, &body).0, 200);
    assert_eq!(Asking::of(&world, "sign-up/de").get(MESSAGE).0, 200);
}
