//! From a webhook's body to an event: `{"type": …, "timestamp": …, "data": …}`.

use std::collections::BTreeMap;

use cloudevent::{
    Extension, Incoming, Limits, Named, Payload, Reason, Refused, Wrong, is_visible, json,
    time::rfc3339,
};
use jiff::Timestamp;
use serde_json::{Value, value::RawValue};
use tenancy::HookDefinition;

use crate::hook::Hook;

/// The attribute by which an event names somebody.
const IDENTIFIER: &str = "fairleadidentifier";

/// As long as what a partner calls somebody may be, in bytes.
const LONGEST_ID: usize = 512;

type Members<'a> = BTreeMap<String, &'a RawValue>;

/// The event that the message `id` of `hook` tells of.
#[expect(
    clippy::result_large_err,
    reason = "an event that is taken is larger still"
)]
pub(crate) fn event(
    id: &str,
    hook: (&Hook, &HookDefinition),
    body: &[u8],
    limits: &Limits,
) -> Result<Incoming, Refused> {
    read(id, hook, body, limits).map_err(|wrong| {
        let named = Named {
            id: Some(id.to_owned()),
            source: Some(hook.0.event_source()),
            kind: None,
        };
        named.refused(0, 0..body.len(), wrong)
    })
}

fn read(
    id: &str,
    (hook, row): (&Hook, &HookDefinition),
    body: &[u8],
    limits: &Limits,
) -> Result<Incoming, Wrong> {
    json::check(body, limits)?;
    let members: Members<'_> =
        serde_json::from_slice(body).map_err(|_| Wrong::new("", Reason::NotAnObject))?;
    let kind = text(&members, "type")?.ok_or_else(|| Wrong::new("/type", Reason::Missing))?;
    if !is_visible(&kind, 128) {
        return Err(Wrong::new("/type", Reason::Kind));
    }
    if limits.reserved.iter().any(|own| kind.starts_with(own)) {
        return Err(Wrong::new("/type", Reason::Reserved));
    }
    let data = members
        .get("data")
        .map(|data| json::raw(data.get().as_bytes()));
    let data = data.transpose();
    let data = data.map_err(|wrong| Wrong::new("/data", Reason::Json(wrong)))?;
    Ok(Incoming {
        id: id.to_owned(),
        source: hook.event_source(),
        kind,
        time: time(&members, limits)?,
        subject: None,
        datacontenttype: data.as_ref().map(|_| "application/json".to_owned()),
        dataschema: None,
        extensions: row
            .external_id()
            .map_or_else(BTreeMap::new, |place| about(body, place)),
        data: data.map(Payload::Json),
    })
}

/// Whom it is about, if the hook's row says where that stands.
fn about(body: &[u8], place: &str) -> BTreeMap<String, Extension> {
    let message: Value = serde_json::from_slice(body).unwrap_or_default();
    let id = match message.pointer(place) {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => return BTreeMap::new(),
    };
    let is_id = (1..=LONGEST_ID).contains(&id.len()) && !id.contains(char::is_control);
    let named = is_id.then(|| {
        (
            IDENTIFIER.to_owned(),
            Extension::Text(format!("external:{id}")),
        )
    });
    named.into_iter().collect()
}

fn text(members: &Members<'_>, name: &str) -> Result<Option<String>, Wrong> {
    let value = members
        .get(name)
        .map(|raw| serde_json::from_str::<Value>(raw.get()));
    match value.transpose().ok().flatten() {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Wrong::new(format!("/{name}"), Reason::NotText)),
    }
}

/// When it happened: as the message says, whenever it is sent.
fn time(members: &Members<'_>, limits: &Limits) -> Result<Option<Timestamp>, Wrong> {
    let Some(text) = text(members, "timestamp")? else {
        return Ok(None);
    };
    match rfc3339(&text) {
        Some(time) if time <= limits.latest => Ok(Some(time)),
        Some(_) => Err(Wrong::new("/timestamp", Reason::Ahead)),
        None => Err(Wrong::new("/timestamp", Reason::Time)),
    }
}
