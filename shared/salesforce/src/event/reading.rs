//! Values in events, which say the same in more than one way.

use configuration::{EventKey, RecordId};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::envelope::canonical;

/// An event that is being read.
pub(super) struct Reading<'a> {
    /// What EventBridge says of it.
    pub(super) detail: &'a Map<String, Value>,
    /// The event itself.
    pub(super) payload: &'a Map<String, Value>,
    /// What it is called.
    pub(super) detail_type: &'a str,
    /// When EventBridge had it.
    pub(super) time: Option<&'a str>,
}

impl Reading<'_> {
    /// What is known of the event beside its payload, wherever that stands.
    pub(super) fn beside(&self, name: &str) -> Option<&Value> {
        let event = self.detail.get("event").and_then(Value::as_object);
        let places = [Some(self.payload), event, Some(self.detail)];
        let mut places = places.into_iter().flatten();
        places.find_map(|place| place.get(name))
    }

    /// When EventBridge had it, in milliseconds.
    pub(super) fn millis(&self) -> Option<u64> {
        moment(self.time?)
    }

    /// What tells the event from others if nothing else does: a digest of all that it says.
    pub(super) fn digest(&self) -> Vec<String> {
        let digest = EventKey::of(&[self.detail_type, &canonical(self.payload)]);
        vec!["event".to_owned(), digest.to_string()]
    }
}

/// A number that is not negative, be it a text.
pub(super) fn number(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

/// Milliseconds of the epoch, be they a text or a date with a time.
pub(super) fn millis(value: &Value) -> Option<u64> {
    number(value).or_else(|| moment(value.as_str()?))
}

/// The texts of a list.
pub(super) fn texts(value: Option<&Value>) -> Vec<&str> {
    let items = value.and_then(Value::as_array);
    let items = items.into_iter().flatten();
    items.filter_map(Value::as_str).collect()
}

/// The id of a user.
pub(super) fn user(value: Option<&Value>) -> Option<String> {
    let id: RecordId = value?.as_str()?.parse().ok()?;
    Some(id.to_string())
}

fn moment(text: &str) -> Option<u64> {
    let at: Timestamp = text.trim().parse().ok()?;
    u64::try_from(at.as_millisecond()).ok()
}
