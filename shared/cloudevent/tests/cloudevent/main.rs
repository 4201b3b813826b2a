//! Events as senders send them, good and bad.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod arbitrary;
mod bad_input;
mod examples;

use cloudevent::{Headers, Incoming, Limits, Refused, Unreadable, read};

const STRUCTURED: &str = "application/cloudevents+json";
const BATCH: &str = "application/cloudevents-batch+json; charset=UTF-8";

fn limits() -> Limits {
    Limits::at("2018-04-05T17:31:00Z".parse().unwrap())
}

fn read_as(content_type: &str, body: &[u8]) -> Result<Vec<Result<Incoming, Refused>>, Unreadable> {
    read(
        &Headers::new([("Content-Type", content_type)]),
        body,
        &limits(),
    )
}

/// The one event of a request in structured mode.
fn structured(body: &str) -> Result<Incoming, String> {
    let mut events = read_as(STRUCTURED, body.as_bytes()).unwrap();
    assert_eq!(events.len(), 1);
    events.remove(0).map_err(|refused| refused.to_string())
}

/// The one event of a request in binary mode.
fn binary(headers: &[(&str, &str)], body: &[u8]) -> Result<Incoming, String> {
    let headers = Headers::new(headers.iter().copied());
    let mut events = read(&headers, body, &limits()).unwrap();
    assert_eq!(events.len(), 1);
    events.remove(0).map_err(|refused| refused.to_string())
}
