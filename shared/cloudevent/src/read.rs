//! Which mode a request is in, and its events.

use std::collections::BTreeMap;

use crate::{
    Extension, Headers, Incoming, Limits, MediaType, Named, Reason, Refused, Unreadable, Wrong,
    attributes::{Attributes, Place, is_reference, is_visible},
    headers::decoded,
    json, structured,
};

enum Mode {
    Batch,
    Structured,
    Binary,
}

/// Reads a request's events, each by itself and in their order; `body` is what
/// [`unpack::body`](crate::unpack::body) made of it.
pub fn read(
    headers: &Headers<'_>,
    body: &[u8],
    limits: &Limits,
) -> Result<Vec<Result<Incoming, Refused>>, Unreadable> {
    if body.len() > limits.body {
        let limit = limits.body;
        return Err(Unreadable::TooLarge { limit });
    }
    match mode(headers)? {
        Mode::Batch => batch(body, limits),
        Mode::Structured => {
            let event = structured::event(body, limits);
            let refused = |wrong| structured::named(body).refused(0, 0..body.len(), wrong);
            Ok(vec![event.map_err(refused)])
        }
        Mode::Binary => {
            let event = binary(headers, body, limits);
            let refused = |wrong| named(headers).refused(0, 0..body.len(), wrong);
            Ok(vec![event.map_err(refused)])
        }
    }
}

/// A batch's media type begins as that of one event does: it is looked for first.
fn mode(headers: &Headers<'_>) -> Result<Mode, Unreadable> {
    let text = headers.get("content-type").unwrap_or_default();
    let media = MediaType::parse(text);
    let essence = media.as_ref().map_or("", MediaType::essence);
    if essence.starts_with("application/cloudevents") {
        let mode = match essence {
            "application/cloudevents-batch+json" => Mode::Batch,
            "application/cloudevents+json" => Mode::Structured,
            _ => return Err(Unreadable::UnsupportedMediaType),
        };
        return if media.is_some_and(|media| media.is_utf8()) {
            Ok(mode)
        } else {
            Err(Unreadable::UnsupportedCharset)
        };
    }
    if headers.attributes().next().is_some() {
        Ok(Mode::Binary)
    } else {
        Err(Unreadable::UnsupportedMediaType)
    }
}

#[expect(
    clippy::result_large_err,
    reason = "an event that is taken is larger still"
)]
fn batch(body: &[u8], limits: &Limits) -> Result<Vec<Result<Incoming, Refused>>, Unreadable> {
    let open = json::open(body, b'[').ok_or(Unreadable::NotAnArray)?;
    let elements = json::elements(body, open, limits.events)
        .map_err(|broken| Unreadable::broken(broken, limits.events))?;
    let read = elements.into_iter().enumerate().map(|(index, range)| {
        let text = body.get(range.clone()).unwrap_or_default();
        let refused = |wrong| structured::named(text).refused(index, range, wrong);
        structured::event(text, limits).map_err(refused)
    });
    Ok(read.collect())
}

fn binary(headers: &Headers<'_>, body: &[u8], limits: &Limits) -> Result<Incoming, Wrong> {
    let place = Place::Headers;
    let mut given = BTreeMap::new();
    for (name, value) in headers.attributes() {
        let wrong = |reason| Wrong::new(place.field(name), reason);
        if name == "datacontenttype" {
            return Err(Wrong::new("ce-datacontenttype", Reason::ContentTypeTwice));
        }
        let text = Extension::Text(decoded(value).map_err(wrong)?);
        if given.insert(name.to_owned(), text).is_some() {
            return Err(wrong(Reason::RepeatedHeader));
        }
    }
    if let Some(text) = headers.get("content-type").filter(|text| !text.is_empty()) {
        let text = Extension::Text(text.to_owned());
        given.insert("datacontenttype".to_owned(), text);
    }
    let mut event = Attributes { given, place }.into_event(limits)?;
    if body.len() > limits.event {
        return Err(Wrong::new("/data", Reason::TooLarge(limits.event)));
    }
    let declared = event.datacontenttype.as_deref();
    let media = declared.and_then(MediaType::parse);
    if media.is_some_and(|media| media.is_json() && !media.is_utf8()) {
        return Err(Wrong::new("content-type", Reason::Charset));
    }
    if !body.is_empty() {
        event.data = Some(structured::payload(
            declared,
            body.to_vec(),
            "/data",
            limits,
        )?);
    }
    Ok(event)
}

fn named(headers: &Headers<'_>) -> Named {
    let find = |name| decoded(headers.get(name)?).ok();
    Named {
        id: find("ce-id").filter(|id| is_visible(id, 256)),
        source: find("ce-source").filter(|source| is_reference(source)),
        kind: find("ce-type").filter(|kind| is_visible(kind, 128)),
    }
}
