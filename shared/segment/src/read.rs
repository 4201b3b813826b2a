//! A request's messages.

use std::{collections::BTreeMap, ops::Range};

use cloudevent::{Incoming, Refused, Unreadable, json};
use jiff::Timestamp;

use crate::{
    Call, Kind, Limits, clock,
    message::{self, Around},
};

/// How many members are taken of the object around a batch.
const MOST_MEMBERS: usize = 64;

/// The `source` of a partner's messages.
#[must_use]
pub fn source(tenant: &str, partner: &str) -> String {
    format!("segment:{tenant}/{partner}")
}

/// Reads a request's messages, each by itself and in their order, as events of `source`. `body` is
/// what [`unpack::body`](cloudevent::unpack::body) made of it.
#[expect(
    clippy::result_large_err,
    reason = "an event that is taken is larger still"
)]
pub fn read(
    call: Call,
    body: &[u8],
    source: &str,
    received_at: Timestamp,
    limits: &Limits,
) -> Result<Vec<Result<Incoming, Refused>>, Unreadable> {
    if body.len() > limits.body {
        let limit = limits.body;
        return Err(Unreadable::TooLarge { limit });
    }
    let mut around = around(source, received_at, limits);
    around.is_corrected = call != Call::Import;
    let messages = match call {
        Call::One(kind) => {
            around.kind = Some(kind);
            let whole = 0..body.len();
            vec![json::trimmed(body, whole)]
        }
        Call::Batch | Call::Import => batch(body, &mut around, limits)?,
    };
    let read = messages.into_iter().enumerate().map(|(index, range)| {
        let text = body.get(range.clone()).unwrap_or_default();
        let refused = |wrong| message::named(text, &around).refused(index, range, wrong);
        message::event(text, &around).map_err(refused)
    });
    Ok(read.collect())
}

/// Reads one message again that was received at `received_at` and refused: when it was sent then says
/// nothing of the clock now, so that its time is taken as it is. `kind` is what it was called as, if its
/// path said so.
#[expect(
    clippy::result_large_err,
    reason = "an event that is taken is larger still"
)]
pub fn again(
    kind: Option<Kind>,
    body: &[u8],
    source: &str,
    received_at: Timestamp,
    limits: &Limits,
) -> Result<Incoming, Refused> {
    let mut around = around(source, received_at, limits);
    around.kind = kind;
    let range = json::trimmed(body, 0..body.len());
    let text = body.get(range.clone()).unwrap_or_default();
    let refused = |wrong| message::named(text, &around).refused(0, range, wrong);
    message::event(text, &around).map_err(refused)
}

/// What a message is read with that stands in no batch.
fn around<'a>(source: &'a str, received: Timestamp, limits: &Limits) -> Around<'a> {
    Around {
        kind: None,
        is_corrected: false,
        sent: None,
        shared: BTreeMap::new(),
        source,
        received,
        longest: limits.message,
        limits: cloudevent::Limits {
            depth: limits.depth,
            ..cloudevent::Limits::at(received)
        },
    }
}

/// The messages of a batch, and what stands around them.
fn batch<'a>(
    body: &'a [u8],
    around: &mut Around<'a>,
    limits: &Limits,
) -> Result<Vec<Range<usize>>, Unreadable> {
    let broken = |broken| Unreadable::broken(broken, limits.messages);
    let open = json::open(body, b'{').ok_or(Unreadable::NoBatch)?;
    let members = json::members(body, open, MOST_MEMBERS).map_err(broken)?;
    let mut found = None;
    for (name, range) in members {
        let text = body.get(range.clone()).unwrap_or_default();
        match name.as_str() {
            "batch" if found.is_some() => {
                return Err(Unreadable::Broken { at: range.start });
            }
            "batch" => found = Some(range),
            "context" => share(around, "context", text, range.start)?,
            "integrations" => share(around, "integrations", text, range.start)?,
            "sentAt" => {
                let sent: Option<String> = serde_json::from_slice(text).ok();
                around.sent = sent.as_deref().and_then(clock::read);
            }
            _ => (),
        }
    }
    let batch = found.ok_or(Unreadable::NoBatch)?;
    let start = batch.start;
    let text = body.get(batch).unwrap_or_default();
    let open = json::open(text, b'[').ok_or(Unreadable::NoBatch)?;
    let elements = json::elements(text, open, limits.messages).map_err(|error| match error {
        json::Broken::At(at) => Unreadable::Broken { at: start + at },
        json::Broken::TooMany => broken(error),
    })?;
    let whole = elements.into_iter();
    Ok(whole
        .map(|range| start + range.start..start + range.end)
        .collect())
}

/// Takes what a batch says for all of its messages, from where it starts.
fn share<'a>(
    around: &mut Around<'a>,
    name: &'static str,
    text: &'a [u8],
    start: usize,
) -> Result<(), Unreadable> {
    if text == b"null" {
        return Ok(());
    }
    // It is taken once for each message.
    if text.len() > around.longest {
        let limit = around.longest;
        return Err(Unreadable::TooLarge { limit });
    }
    json::check(text, &around.limits).map_err(|fault| {
        Unreadable::NotJson(json::Fault {
            at: start + fault.at,
            pointer: format!("/{name}{}", fault.pointer),
            ..fault
        })
    })?;
    around.shared.insert(name, text);
    Ok(())
}
