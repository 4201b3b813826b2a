//! Taking what was refused, as it came or corrected.

use cloudevent::{Headers, Incoming, Limits};
use intake::{RejectedItem, RejectedState, Sender, Surface, Upload, problems};
use lambda_kit::problem::Problem;
use segment::Kind;

use crate::App;

/// Takes `corrected` in the place of `item`, or what came. It is read as it would be if it came now, by
/// the way that it came by.
pub(crate) async fn take(
    app: &App,
    from: Sender<'_>,
    item: &RejectedItem,
    corrected: Option<Vec<u8>>,
) -> Result<(), Problem> {
    // Of a whole request nothing is known to be an event, and data that was uploaded goes with its
    // announcement to the letter.
    let is_fixed = item.surface == Surface::Uploads && corrected.is_some();
    if is_fixed || item.state == RejectedState::Unreadable {
        return Err(problems::sent_elsewhere());
    }
    let as_it_came = corrected.is_none();
    let raw = match corrected {
        Some(raw) => raw,
        None => kept(app, item).await?,
    };
    let limits = Limits::at(app.clock.now());
    let event = match item.surface {
        Surface::Uploads => return complete(app, from, &Upload::read(&raw, &limits)?).await,
        Surface::Segment => message(item, from, &raw)?,
        Surface::Events => {
            let event = event(item, as_it_came, &raw, &limits)?;
            check(app, from, &event).await?;
            event
        }
    };
    // Boxed: it reaches deep into the SDK and is kilobytes.
    match Box::pin(app.store.accept(&event, item.surface, from)).await {
        Ok(_) => Ok(()),
        Err(error) => Err(problems::not_accepted(&error).unwrap_or_else(|later| later)),
    }
}

async fn kept(app: &App, item: &RejectedItem) -> Result<Vec<u8>, Problem> {
    let kept = app.quarantine.raw(item).await;
    let kept = kept.map_err(|error| problems::unavailable(&error))?;
    kept.ok_or_else(problems::not_kept)
}

/// An event: in binary mode if it came so, and else in structured mode.
fn event(
    item: &RejectedItem,
    as_it_came: bool,
    raw: &[u8],
    limits: &Limits,
) -> Result<Incoming, Problem> {
    let headers = if as_it_came && item.headers.is_some() {
        Headers::new(item.headers())
    } else {
        Headers::new([("content-type", "application/cloudevents+json")])
    };
    let read = cloudevent::read(&headers, raw, limits);
    let read = read.map_err(|error| problems::unreadable(&error))?;
    let one = read.into_iter().next().ok_or_else(problems::not_kept)?;
    one.map_err(|refused| problems::refused(&refused))
}

/// Whether the tenant takes such an event.
async fn check(app: &App, from: Sender<'_>, event: &Incoming) -> Result<(), Problem> {
    let kind = app.types.find(from.tenant, &event.kind).await;
    let kind = kind.map_err(|error| problems::unavailable(&error))?;
    let kind = kind.ok_or_else(problems::unknown_type)?;
    let checked = kind.schema.check(event);
    checked.map_err(|violation| problems::schema_violation(&violation))
}

/// A message of an SDK. Without a time of its own it is of when it came first.
fn message(item: &RejectedItem, from: Sender<'_>, raw: &[u8]) -> Result<Incoming, Problem> {
    let source = segment::source(from.tenant.as_str(), from.partner.as_str());
    let kind = item.call.as_deref().and_then(Kind::from_name);
    let limits = segment::Limits::default();
    let read = segment::again(kind, raw, &source, item.received_at, &limits);
    read.map_err(|refused| problems::refused(&refused))
}

/// An event whose data was uploaded, if that is still there.
async fn complete(app: &App, from: Sender<'_>, upload: &Upload) -> Result<(), Problem> {
    let taken = Box::pin(app.uploads.take(upload, from)).await?;
    taken.map(|_| ())
}
