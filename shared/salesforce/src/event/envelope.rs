//! What EventBridge puts around an event: AppFlow's has the event for its detail, and that of Salesforce's
//! own Event Relay has it one member further down.

use configuration::{Action, EventKey};
use serde_json::{Map, Value};

use super::{Incoming, Refusal, Stamp, header, platform, reading::Reading};
use crate::{
    LargeEvent,
    large::{Place, place_in},
    reread::WholeMessage,
};

/// What is in the source of every event of Salesforce, whichever way it comes.
const SOURCE: &str = "salesforce.com/";

/// Reads a message of the queue `salesforce-config`: an event of the partner event bus, or a record that was
/// read again. A pointer to where an event lies is followed to `bucket`, and to no other one.
pub fn read(body: &str, bucket: &str) -> Result<Incoming, Box<Refusal>> {
    let refusal = |reason| refused(reason, &[body]);
    let message: Value = serde_json::from_str(body).map_err(|_| refusal("the event is no JSON"))?;
    if message.get("reread").is_some() {
        return match serde_json::from_value(message) {
            Ok(WholeMessage { reread }) => Ok(Incoming::Whole(Box::new(reread))),
            Err(_) => Err(refusal("what was read of a record can't be read")),
        };
    }
    let text = |name| message.get(name).and_then(Value::as_str);
    if !text("source").is_some_and(|source| source.contains(SOURCE)) {
        return Err(refusal("the event is none of Salesforce"));
    }
    let detail = message.get("detail").and_then(Value::as_object);
    let detail = detail.ok_or_else(|| refusal("the event has no detail"))?;
    let detail_type = text("detail-type").unwrap_or_default();
    if let Some(read) = event(detail, detail_type, text("time")) {
        return read;
    }
    let refusal = |reason| refused(reason, &[&canonical(detail)]);
    match place_in(&Value::Object(detail.clone())) {
        Some(Place { bucket: found, key }) if found == bucket => Ok(Incoming::Large(LargeEvent {
            key,
            detail_type: detail_type.to_owned(),
            time: text("time").map(str::to_owned),
        })),
        Some(_) => Err(refusal("the event lies in a bucket that is not read from")),
        None => Err(refusal("the event names no record")),
    }
}

/// Reads a large event, with what its summary said of it. Whether what lies there is the event alone or the
/// envelope too, AWS does not say. It points nowhere itself.
pub fn read_large(text: &str, summary: &LargeEvent) -> Result<Incoming, Box<Refusal>> {
    let refusal = |reason| refused(reason, &[&summary.key, text]);
    let object: Value =
        serde_json::from_str(text).map_err(|_| refusal("the large event is no JSON"))?;
    let of_envelope = |name| object.get(name).and_then(Value::as_str);
    let (detail_type, time) = (of_envelope("detail-type"), of_envelope("time"));
    let detail = object.get("detail").and_then(Value::as_object);
    let detail = detail.or_else(|| object.as_object());
    let detail = detail.ok_or_else(|| refusal("the large event is no object"))?;
    let detail_type = detail_type.unwrap_or(&summary.detail_type);
    let read = event(detail, detail_type, time.or(summary.time.as_deref()));
    read.unwrap_or_else(|| Err(refusal("the large event names no record")))
}

/// The event that a detail is; `None` if it has no record, and may be a pointer.
fn event(
    detail: &Map<String, Value>,
    detail_type: &str,
    time: Option<&str>,
) -> Option<Result<Incoming, Box<Refusal>>> {
    let relayed = detail.get("payload").and_then(Value::as_object);
    let reading = Reading {
        detail,
        payload: relayed.unwrap_or(detail),
        detail_type,
        time,
    };
    header::read(&reading).or_else(|| platform::read(&reading))
}

/// A refusal of an event of which nothing is known, but for what tells it from others.
fn refused(reason: &'static str, names: &[&str]) -> Box<Refusal> {
    // A digest of it: nothing of an event that nobody understands is kept.
    let name = EventKey::of(names).to_string();
    Box::new(Refusal {
        of: None,
        record_ids: Vec::new(),
        action: Action::Updated,
        operator: None,
        reason,
        stamp: Stamp {
            names: vec!["event".to_owned(), name],
            ..Stamp::default()
        },
    })
}

/// The same text for the same members, in whichever order they come.
pub(super) fn canonical(members: &Map<String, Value>) -> String {
    let mut value = Value::Object(members.clone());
    value.sort_all_objects();
    value.to_string()
}
