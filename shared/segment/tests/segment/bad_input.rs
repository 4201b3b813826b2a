//! What is refused, and that nothing else is.

use cloudevent::{Unreadable, json};
use rstest::rstest;

use crate::{one, try_read};

#[rstest]
#[case("track", "{}", "/userId and anonymousId are missing")]
#[case(
    "track",
    r#"{"userId":"","event":"e"}"#,
    "/userId and anonymousId are missing"
)]
#[case("track", r#"{"userId":"u"}"#, "/event is missing")]
#[case("track", r#"{"userId":"u","event":7}"#, "/event is no text")]
#[case("track", r#"{"userId":{},"event":"e"}"#, "/userId has to be a string")]
#[case("track", r#"{"userId":1.5,"event":"e"}"#, "/userId has to be a string")]
#[case(
    "track",
    r#"{"userId":"a\u0000","event":"e"}"#,
    "/userId has to be a string"
)]
#[case(
    "page",
    r#"{"userId":"u","properties":[]}"#,
    "/properties has to be an object"
)]
#[case(
    "page",
    r#"{"userId":"u","messageId":"a\nb"}"#,
    "/messageId has to have 1 to 256"
)]
#[case("page", r#"{"userId":"u","messageId":7}"#, "/messageId is no text")]
#[case(
    "page",
    r#"{"userId":"u","timestamp":"now"}"#,
    "/timestamp has to be a time"
)]
#[case(
    "page",
    r#"{"userId":"u","timestamp":"2026-05-02T12:00:11Z"}"#,
    "/timestamp lies more than a day"
)]
#[case("page", r#"{"userId":"u","userId":"v"}"#, "/userId is there twice")]
#[case(
    "page",
    r#"{"userId":"u","properties":{"n":NaN}}"#,
    "/properties/n is no number"
)]
#[case("group", r#"{"userId":"u"}"#, "/groupId is missing")]
#[case("alias", r#"{"userId":"u"}"#, "/previousId is missing")]
#[case("alias", r#"{"previousId":"u"}"#, "/userId is missing")]
#[case("identify", "[]", "it is no object")]
#[case("identify", "", "it is no JSON")]
#[case("batch", r#"{"batch":[{"userId":"u"}]}"#, "/type is missing")]
#[case(
    "batch",
    r#"{"batch":[{"userId":"u","type":"Track"}]}"#,
    "/type has to be identify"
)]
fn what_is_wrong_is_told_by_its_field(
    #[case] call: &str,
    #[case] body: &str,
    #[case] expected: &str,
) {
    let refusal = one(call, body).unwrap_err();
    let told = refusal.split_once(": ").unwrap().1;
    assert!(told.starts_with(expected), "{refusal}");
}

#[test]
fn what_is_wrong_with_one_message_harms_no_other() {
    let large = "x".repeat(32 * 1024);
    let body = format!(
        r#"{{"batch":[
            {{"type":"page","userId":"u"}},
            {{"type":"page","userId":"u","messageId":"m","name":NaN}},
            {{"type":"page","userId":"{large}"}},
            null,
            {{"type":"page","userId":"u"}}
        ],"writeKey":"wk"}}"#
    );
    let events = try_read("batch", body.as_bytes()).unwrap();
    let taken: Vec<bool> = events.iter().map(Result::is_ok).collect();
    assert_eq!(taken, [true, false, false, false, true]);
    let refused = events[1].as_ref().unwrap_err();
    assert_eq!(refused.id.as_deref(), Some("m"));
    assert_eq!(
        refused.kind.as_deref(),
        Some("dev.fairlead.segment.page.v1")
    );
    assert!(body[refused.raw.clone()].starts_with(r#"{"type":"page","userId":"u","messageId""#));
    assert!(
        events[2]
            .as_ref()
            .unwrap_err()
            .to_string()
            .contains("has more than 32768 bytes")
    );
}

#[rstest]
#[case("", Unreadable::NoBatch)]
#[case("[]", Unreadable::NoBatch)]
#[case("{}", Unreadable::NoBatch)]
#[case(r#"{"batch":{}}"#, Unreadable::NoBatch)]
#[case(r#"{"batch":[], "batch":[]}"#, Unreadable::Broken { at: 21 })]
#[case(r#"{"batch":["#, Unreadable::Broken { at: 10 })]
#[case(r#"{"batch":[],"context":{"a":NaN}}"#, Unreadable::NotJson(json::Fault {
    at: 27,
    pointer: "/context/a".to_owned(),
    wrong: json::Wrong::NotANumber,
}))]
fn a_batch_that_is_none_is_unreadable(#[case] body: &str, #[case] expected: Unreadable) {
    assert_eq!(try_read("batch", body.as_bytes()), Err(expected));
}

#[test]
fn more_than_is_taken_is_unreadable() {
    let body = format!(r#"{{"batch":[{}]}}"#, vec!["{}"; 100_000].join(","));
    let limit = 1_000;
    assert_eq!(
        try_read("batch", body.as_bytes()),
        Err(Unreadable::TooMany { limit })
    );
    let body = vec![b' '; 500 * 1024 + 1];
    let limit = 500 * 1024;
    assert_eq!(
        try_read("batch", &body),
        Err(Unreadable::TooLarge { limit })
    );
    let body = format!(
        r#"{{"context":{{"a":"{}"}},"batch":[]}}"#,
        "x".repeat(32 * 1024)
    );
    let limit = 32 * 1024;
    assert_eq!(
        try_read("batch", body.as_bytes()),
        Err(Unreadable::TooLarge { limit })
    );
}

#[test]
fn an_empty_batch_is_one() {
    assert_eq!(try_read("batch", br#"{"batch":[]}"#).unwrap(), Vec::new());
}
