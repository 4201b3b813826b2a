//! Messages as SDKs send them, good and bad.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod arbitrary;
mod bad_input;
mod sdks;
mod subjects;

use cloudevent::{Incoming, Payload, Refused, Unreadable};
use jiff::Timestamp;
use segment::{Call, Limits, read, source};
use serde_json::Value;

fn received_at() -> Timestamp {
    "2026-05-01T12:00:10Z".parse().unwrap()
}

fn try_read(call: &str, body: &[u8]) -> Result<Vec<Result<Incoming, Refused>>, Unreadable> {
    let call = Call::from_name(call).unwrap();
    let source = source("brand", "shop");
    read(call, body, &source, received_at(), &Limits::default())
}

/// The one event of a request.
fn one(call: &str, body: &str) -> Result<Incoming, String> {
    let mut events = try_read(call, body.as_bytes()).unwrap();
    assert_eq!(events.len(), 1);
    events.remove(0).map_err(|refused| refused.to_string())
}

fn data(event: &Incoming) -> Value {
    let Some(Payload::Json(json)) = &event.data else {
        panic!("the data is no JSON");
    };
    serde_json::from_str(json.get()).unwrap()
}
