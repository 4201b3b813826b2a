//! Reading records and handing them over.

use std::time::Duration;

use configuration::{Kind, RecordId};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use lambda_kit::{Chain, clock::later, planted};
use salesforce::{Asked, Page, RestError, Selection, State, StoredRecord, WholeState};

use crate::{App, RereadError};

/// By how much the next reading begins before the end of the last one: what is committed late bears the time
/// at which it was made.
const OVERLAP: Duration = Duration::from_hours(1);

/// How many records are handed over at once.
const CONCURRENCY: usize = 8;

/// Reads one record, because of an edit that was not told of whole. Salesforce finds what lies in its recycle
/// bin; what it does not find is gone.
pub(crate) async fn one(
    app: &App,
    kind: &Kind,
    id: &RecordId,
    asked: Asked,
) -> Result<(), RereadError> {
    let selection = selection(kind);
    let page = app.records.by_ids(&selection, &[id.as_str()]).await?;
    let found = page.records.first();
    let state = WholeState {
        object: kind.mapping().object.clone(),
        record_id: id.clone(),
        state: found.map_or(State::Deleted, state),
        read_at: page.read_at,
        changed_by: found.and_then(|record| record.modified_by.clone()),
        asked: Some(asked),
    };
    let handed_over = app.queue.hand_over(&state).await;
    handed_over.map_err(RereadError::HandOver)?;
    app.metrics.count("records_read", 1);
    Ok(())
}

/// Reads what changed of all kinds since they were read last. A kind that can't be read holds up no other.
pub(crate) async fn catch_up(app: &App, has_time: &impl Fn() -> bool) -> Result<(), RereadError> {
    let standing = app.watermarks.read().await?;
    let mut outcome = Ok(());
    for kind in app.kinds.iter() {
        let since = standing.of(kind.name());
        if let Err(error) = changes(app, kind, since, has_time).await {
            tracing::error!(kind = kind.name(), error = %Chain(&error), "a kind can't be caught up with");
            outcome = outcome.and(Err(error));
        }
    }
    outcome
}

/// Reads all records of a kind.
pub(crate) async fn everything(
    app: &App,
    kind: &Kind,
    has_time: &impl Fn() -> bool,
) -> Result<(), RereadError> {
    changes(app, kind, None, has_time).await
}

/// Reads what changed of a kind since it was read up to `since`. Up to where it was read is noted once that
/// is handed over, and never before.
async fn changes(
    app: &App,
    kind: &Kind,
    since: Option<Timestamp>,
    has_time: &impl Fn() -> bool,
) -> Result<(), RereadError> {
    let selection = selection(kind);
    let since = since.and_then(|since| since.checked_sub(OVERLAP).ok());
    let since = since.unwrap_or(Timestamp::UNIX_EPOCH);
    let mut page = app.records.changed_since(&selection, since).await?;
    // Of all pages alike: those after the first one may be of the same moment as that.
    let read_at = page.read_at;
    if planted::is_on("watermark-moved-before-the-records") {
        app.watermarks.move_to(kind.name(), read_at).await?;
    }
    loop {
        hand_over(app, kind, &page, read_at).await?;
        let Some(next) = &page.next else {
            return app.watermarks.move_to(kind.name(), read_at).await;
        };
        if !has_time() {
            note_in_part(app, kind, &page, read_at).await?;
            return Err(RereadError::OutOfTime);
        }
        page = app.records.next(next).await?;
    }
}

/// Records come in the order of their times: the next reading goes on at the last one of `page`.
async fn note_in_part(
    app: &App,
    kind: &Kind,
    page: &Page,
    read_at: Timestamp,
) -> Result<(), RereadError> {
    let Some(last) = page.records.last() else {
        return Ok(());
    };
    let reached = later(last.modified_at, OVERLAP).min(read_at);
    app.watermarks.move_to(kind.name(), reached).await
}

async fn hand_over(
    app: &App,
    kind: &Kind,
    page: &Page,
    read_at: Timestamp,
) -> Result<(), RereadError> {
    let mut states = Vec::with_capacity(page.records.len());
    for record in &page.records {
        if record.deleted && planted::is_on("what-was-deleted-is-not-read") {
            continue;
        }
        states.push(WholeState {
            object: kind.mapping().object.clone(),
            record_id: record.id.parse().map_err(|_| RestError::Unreadable)?,
            state: state(record),
            read_at,
            changed_by: record.modified_by.clone(),
            asked: None,
        });
    }
    stream::iter(&states)
        .map(|state| app.queue.hand_over(state))
        .buffered(CONCURRENCY)
        .try_collect::<Vec<()>>()
        .await
        .map_err(RereadError::HandOver)?;
    let read = u64::try_from(states.len()).unwrap_or(u64::MAX);
    app.metrics.count("records_read", read);
    Ok(())
}

fn state(record: &StoredRecord) -> State {
    if record.deleted {
        State::Deleted
    } else {
        State::Present(record.fields.clone())
    }
}

/// What of a record is configuration.
fn selection(kind: &Kind) -> Selection<'_> {
    let mapping = kind.mapping();
    Selection::new(&mapping.object, mapping.fields())
}
