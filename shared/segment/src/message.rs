//! One message, and the event that it becomes.

use std::{borrow::Cow, collections::BTreeMap};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use cloudevent::{Incoming, Named, Payload, Reason, Wrong, is_visible, json};
use jiff::Timestamp;
use serde_json::{Value, value::RawValue};
use sha2::{Digest as _, Sha256};

use crate::{
    Kind, clock,
    subject::{self, LONGEST_ID},
};

/// What is kept back: a key is nobody's to read, and when a message was sent is another time whenever
/// it is sent again.
const KEPT_BACK: [&str; 2] = ["sentAt", "writeKey"];

/// What a message is read with.
pub(crate) struct Around<'a> {
    /// The kind that the path names.
    pub(crate) kind: Option<Kind>,
    /// Whether its clock is to be corrected.
    pub(crate) is_corrected: bool,
    /// When the batch around it was sent.
    pub(crate) sent: Option<Timestamp>,
    /// What the batch says for all of its messages.
    pub(crate) shared: BTreeMap<&'static str, &'a [u8]>,
    pub(crate) source: &'a str,
    pub(crate) received: Timestamp,
    pub(crate) longest: usize,
    pub(crate) limits: cloudevent::Limits,
}

type Members<'a> = BTreeMap<String, &'a RawValue>;

/// Reads one message.
pub(crate) fn event(text: &[u8], around: &Around<'_>) -> Result<Incoming, Wrong> {
    if text.len() > around.longest {
        return Err(Wrong::new("", Reason::TooLarge(around.longest)));
    }
    json::check(text, &around.limits)?;
    let members: Members<'_> =
        serde_json::from_slice(text).map_err(|_| Wrong::new("", Reason::NotAnObject))?;
    let kind = kind(&members, around)?;
    check_ids(&members, kind)?;
    check_rest(&members, kind)?;
    let time = time(&members, around)?;
    let data = data(&members, kind, around)?;
    let id = match optional_text(&members, "messageId")? {
        Some(id) if is_visible(&id, 256) => id,
        Some(_) => return Err(Wrong::new("/messageId", Reason::Id)),
        None => digest(data.get()),
    };
    Ok(Incoming {
        id,
        source: around.source.to_owned(),
        kind: kind.event_type(),
        time: Some(time),
        subject: None,
        datacontenttype: Some("application/json".to_owned()),
        dataschema: None,
        extensions: BTreeMap::new(),
        data: Some(Payload::Json(data)),
    })
}

/// What a message that is refused says of itself.
pub(crate) fn named(text: &[u8], around: &Around<'_>) -> Named {
    let members = json::open(text, b'{')
        .and_then(|open| json::members(text, open, 1_024).ok())
        .unwrap_or_default();
    let find = |name: &str| -> Option<String> {
        let (_, range) = members.iter().find(|(each, _)| each == name)?;
        serde_json::from_slice(text.get(range.clone())?).ok()
    };
    let said = || Kind::from_name(&find("type")?);
    Named {
        id: find("messageId").filter(|id| is_visible(id, 256)),
        source: Some(around.source.to_owned()),
        kind: around.kind.or_else(said).map(Kind::event_type),
    }
}

fn value(members: &Members<'_>, name: &str) -> Value {
    let raw = members.get(name);
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default()
}

fn optional_text(members: &Members<'_>, name: &str) -> Result<Option<String>, Wrong> {
    match value(members, name) {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(Wrong::new(format!("/{name}"), Reason::NotText)),
    }
}

fn rule(name: &str, rule: &'static str) -> Wrong {
    Wrong::new(format!("/{name}"), Reason::Rule(rule))
}

fn kind(members: &Members<'_>, around: &Around<'_>) -> Result<Kind, Wrong> {
    if let Some(kind) = around.kind {
        return Ok(kind);
    }
    let Some(name) = optional_text(members, "type")? else {
        return Err(Wrong::new("/type", Reason::Missing));
    };
    Kind::from_name(&name).ok_or_else(|| {
        rule(
            "type",
            "has to be identify, track, page, screen, group or alias",
        )
    })
}

/// Whoever it is about has to be told.
fn check_ids(members: &Members<'_>, kind: Kind) -> Result<(), Wrong> {
    for name in ["userId", "anonymousId", "previousId", "groupId"] {
        let value = value(members, name);
        let id = subject::id(&value).unwrap_or_default();
        let is_id = matches!(&value, Value::Null | Value::String(_)) || !id.is_empty();
        if !is_id || id.len() > LONGEST_ID || id.contains(char::is_control) {
            return Err(rule(
                name,
                "has to be a string of at most 256 bytes without control characters",
            ));
        }
    }
    let find = |name: &str| subject::id(&value(members, name));
    if kind == Kind::Group && find("groupId").is_none() {
        return Err(Wrong::new("/groupId", Reason::Missing));
    }
    if subject::person(kind, find).is_some() {
        return Ok(());
    }
    Err(match kind {
        Kind::Alias if find("userId").is_some() => Wrong::new("/previousId", Reason::Missing),
        Kind::Alias => Wrong::new("/userId", Reason::Missing),
        _ => rule(
            "userId",
            "and anonymousId are missing: send one of them with each message",
        ),
    })
}

fn check_rest(members: &Members<'_>, kind: Kind) -> Result<(), Wrong> {
    if kind == Kind::Track && optional_text(members, "event")?.is_none_or(|name| name.is_empty()) {
        return Err(Wrong::new("/event", Reason::Missing));
    }
    for name in ["traits", "properties", "context", "integrations"] {
        let value = value(members, name);
        if !matches!(value, Value::Null | Value::Object(_)) {
            return Err(rule(name, "has to be an object"));
        }
    }
    Ok(())
}

fn time(members: &Members<'_>, around: &Around<'_>) -> Result<Timestamp, Wrong> {
    let wrong = |reason| Wrong::new("/timestamp", reason);
    let happened = match optional_text(members, "timestamp")? {
        Some(text) => Some(clock::read(&text).ok_or_else(|| wrong(Reason::Time))?),
        None => None,
    };
    // One that can't be read corrects nothing.
    let own = value(members, "sentAt");
    let sent = own.as_str().and_then(clock::read).or(around.sent);
    let sent = sent.filter(|_| around.is_corrected);
    let time = clock::corrected(happened, sent, around.received);
    if time > around.limits.latest {
        return Err(wrong(Reason::Ahead));
    }
    Ok(time)
}

/// The message as it came, with its kind, and with what its batch says for all; its members in the
/// order of their names.
fn data(members: &Members<'_>, kind: Kind, around: &Around<'_>) -> Result<Box<RawValue>, Wrong> {
    let mut all: BTreeMap<&str, Cow<'_, str>> = BTreeMap::new();
    for (name, raw) in &around.shared {
        all.insert(name, String::from_utf8_lossy(raw));
    }
    for (name, raw) in members {
        if !KEPT_BACK.contains(&name.as_str()) {
            all.insert(name, Cow::Borrowed(raw.get()));
        }
    }
    all.insert("type", Value::from(kind.name()).to_string().into());
    let members: Vec<String> = all
        .iter()
        .map(|(name, json)| format!("{}:{json}", Value::from(*name)))
        .collect();
    let object = format!("{{{}}}", members.join(","));
    json::raw(object.as_bytes()).map_err(|wrong| Wrong::new("", Reason::Json(wrong)))
}

/// The id of a message that has none: the same for the same message.
fn digest(data: &str) -> String {
    let digest = Sha256::digest(data);
    format!("sha256-{}", BASE64_URL_SAFE_NO_PAD.encode(digest))
}
