//! Structured mode: an event as a JSON object.
//!
//! <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::value::RawValue;

use crate::{
    Extension, Incoming, Limits, MediaType, Named, Payload, Reason, Wrong,
    attributes::{Attributes, Place, is_reference, is_visible},
    json,
};

/// How many members are looked through for the names of an event that is refused.
const MOST_MEMBERS: usize = 1_024;

/// Reads one event.
pub(crate) fn event(text: &[u8], limits: &Limits) -> Result<Incoming, Wrong> {
    if text.len() > limits.event {
        return Err(Wrong::new("", Reason::TooLarge(limits.event)));
    }
    json::check(text, limits)?;
    let mut members: BTreeMap<String, &RawValue> =
        serde_json::from_slice(text).map_err(|_| Wrong::new("", Reason::NotAnObject))?;
    let data = members.remove("data");
    let base64 = members.remove("data_base64").filter(|raw| !is_null(raw));
    if data.is_some() && base64.is_some() {
        return Err(Wrong::new("/data_base64", Reason::TwoData));
    }
    let mut given = BTreeMap::new();
    for (name, raw) in members {
        if let Some(value) = attribute(&name, raw)? {
            given.insert(name, value);
        }
    }
    let place = Place::Members;
    let mut event = Attributes { given, place }.into_event(limits)?;
    if let Some(raw) = data {
        if event.datacontenttype.is_none() {
            event.datacontenttype = Some("application/json".to_owned());
        }
        event.data = Some(inline(event.datacontenttype.as_deref(), raw)?);
    } else if let Some(raw) = base64 {
        let text = text_of(raw).ok_or_else(|| Wrong::new("/data_base64", Reason::NotText))?;
        let bytes = BASE64_STANDARD
            .decode(text)
            .map_err(|_| Wrong::new("/data_base64", Reason::Base64))?;
        let declared = event.datacontenttype.as_deref();
        event.data = Some(payload(declared, bytes, "/data_base64", limits)?);
    }
    Ok(event)
}

/// What an event that is refused says of itself. It may be broken anywhere.
pub(crate) fn named(text: &[u8]) -> Named {
    let members = json::open(text, b'{')
        .and_then(|open| json::members(text, open, MOST_MEMBERS).ok())
        .unwrap_or_default();
    let find = |name: &str| {
        let (_, range) = members.iter().find(|(each, _)| each == name)?;
        serde_json::from_slice::<String>(text.get(range.clone())?).ok()
    };
    Named {
        id: find("id").filter(|id| is_visible(id, 256)),
        source: find("source").filter(|source| is_reference(source)),
        kind: find("type").filter(|kind| is_visible(kind, 128)),
    }
}

/// The data of these bytes, as the media type says: JSON is checked, and a text is one.
pub(crate) fn payload(
    declared: Option<&str>,
    bytes: Vec<u8>,
    field: &str,
    limits: &Limits,
) -> Result<Payload, Wrong> {
    let media = declared.and_then(MediaType::parse);
    let Some(media) = media else {
        return Ok(Payload::Binary(bytes));
    };
    if media.is_json() {
        let wrong =
            |pointer: &str, wrong| Wrong::new(format!("{field}{pointer}"), Reason::Json(wrong));
        json::check(&bytes, limits).map_err(|fault| wrong(&fault.pointer, fault.wrong))?;
        return json::raw(&bytes)
            .map(Payload::Json)
            .map_err(|reason| wrong("", reason));
    }
    if media.is_text() && media.is_utf8() {
        return Ok(match String::from_utf8(bytes) {
            Ok(text) => Payload::Text(text),
            Err(error) => Payload::Binary(error.into_bytes()),
        });
    }
    Ok(Payload::Binary(bytes))
}

/// The data that stands in the event itself.
fn inline(declared: Option<&str>, raw: &RawValue) -> Result<Payload, Wrong> {
    let media = declared.and_then(MediaType::parse);
    if media.is_some_and(|media| !media.is_json()) {
        return text_of(raw)
            .map(Payload::Text)
            .ok_or_else(|| Wrong::new("/data", Reason::DataNotText));
    }
    json::raw(raw.get().as_bytes())
        .map(Payload::Json)
        .map_err(|wrong| Wrong::new("/data", Reason::Json(wrong)))
}

/// An attribute's value; a `null` is as good as none.
fn attribute(name: &str, raw: &RawValue) -> Result<Option<Extension>, Wrong> {
    let value = match serde_json::from_str::<serde_json::Value>(raw.get()).ok() {
        Some(serde_json::Value::Null) => return Ok(None),
        Some(serde_json::Value::String(text)) => Some(Extension::Text(text)),
        Some(serde_json::Value::Bool(is_so)) => Some(Extension::Boolean(is_so)),
        Some(serde_json::Value::Number(number)) => number
            .as_i64()
            .and_then(|number| i32::try_from(number).ok())
            .map(Extension::Integer),
        _ => None,
    };
    let wrong = || Wrong::new(Place::Members.field(name), Reason::Value);
    value.map(Some).ok_or_else(wrong)
}

fn text_of(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

fn is_null(raw: &RawValue) -> bool {
    raw.get() == "null"
}
