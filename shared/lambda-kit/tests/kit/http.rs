use std::borrow::Cow;

use lambda_kit::{
    http::{BodyError, Request, Response},
    problem::Problem,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn request(more: &Value) -> Request {
    let mut event = json!({ "routeKey": "GET /v1/me", "requestContext": { "requestId": "id=" } });
    for (name, value) in more.as_object().unwrap() {
        event[name] = value.clone();
    }
    serde_json::from_value(event).unwrap()
}

#[test]
fn a_request_is_read_with_what_is_there() {
    let bare = request(&json!({}));
    assert_eq!((bare.route_key.as_str(), bare.id()), ("GET /v1/me", "id="));
    assert_eq!(
        (
            bare.header("host"),
            bare.path_parameter("id"),
            bare.claim("sub")
        ),
        (None, None, None)
    );
    assert_eq!(bare.body(0), Ok(Cow::Borrowed(&b""[..])));
    assert_eq!(bare.path(), "");
    let full = request(&json!({
        "rawPath": "/v1/orders/O-1001",
        "headers": { "host": "api.example" },
        "pathParameters": { "id": "O-1001" },
        "requestContext": { "authorizer": { "jwt": { "claims": { "sub": "s-1", "exp": 1 } } } },
        "somethingNew": [null],
    }));
    assert_eq!(full.path(), "/v1/orders/O-1001");
    assert_eq!(full.header("host"), Some("api.example"));
    assert_eq!(full.path_parameter("id"), Some("O-1001"));
    assert_eq!(full.claim("sub"), Some("s-1"));
    assert_eq!(full.claim("exp"), None);
}

#[test]
fn a_body_that_is_no_base64_is_told_from_one_that_is_too_large() {
    let encoded = |body: &str| request(&json!({ "body": body, "isBase64Encoded": true }));
    assert_eq!(encoded("%%%").body(100), Err(BodyError::Undecodable));
    assert_eq!(
        encoded(&"%".repeat(1_000)).body(100),
        Err(BodyError::TooLarge)
    );
    assert_eq!(encoded("AAAA").body(2), Err(BodyError::TooLarge));
    assert_eq!(encoded("AAA=").body(2), Ok(Cow::Owned(vec![0, 0])));
}

proptest! {
    #[test]
    fn a_body_is_read_up_to_its_limit_and_not_beyond(text in "\\PC{0,60}", limit in 0_usize..120) {
        let body = request(&json!({ "body": text }));
        let read = body.body(limit);
        if text.len() <= limit {
            prop_assert_eq!(read, Ok(Cow::Borrowed(text.as_bytes())));
        } else {
            prop_assert_eq!(read, Err(BodyError::TooLarge));
        }
    }
}

#[test]
fn an_answer_is_written_as_api_gateway_reads_it() {
    let answer =
        Response::json(200, "application/json", &json!({ "a": 1 })).header("etag", "\"3\"");
    assert_eq!(
        serde_json::to_value(answer).unwrap(),
        json!({
            "statusCode": 200,
            "headers": { "cache-control": "no-store", "content-type": "application/json", "etag": "\"3\"" },
            "body": "{\"a\":1}",
        })
    );
    let empty = serde_json::to_value(Response::empty(304)).unwrap();
    assert!(empty.get("body").is_none());
}

#[test]
fn a_problem_becomes_an_answer_that_says_when_to_come_back() {
    let problem = Problem::new(503, "unavailable", "Not now")
        .field("a")
        .retry_after(5);
    let answer = Response::from(problem);
    assert_eq!(answer.status_code, 503);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(answer.headers["retry-after"], "5");
    let body: Value = serde_json::from_str(&answer.body.unwrap()).unwrap();
    assert_eq!(
        body,
        json!({ "type": "https://fairlead.dev/problems/unavailable", "title": "Not now", "status": 503, "field": "a" })
    );
}
