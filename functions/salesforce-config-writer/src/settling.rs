//! Writing what becomes of a record, on top of what stands there.

use configuration::{
    Change, Count, Decision, EventKey, Kind, Malformed, Put, RecordId, Seen, StoreError, Writing,
    decide, unknown_outcome,
};
use jiff::Timestamp;
use lambda_kit::planted;
use salesforce::{Refusal, RereadRequest};

use crate::{App, WriteError};

/// How often it is looked again since somebody else wrote meanwhile.
const ATTEMPTS: u32 = 5;

/// Merges a change into its record. Done twice, it is done once: the outcome of the first time is there, or
/// the record is asked for again, which is no harm.
pub(crate) async fn change(
    app: &App,
    kind: &Kind,
    id: &RecordId,
    change: &Change,
) -> Result<(), WriteError> {
    let decided = |seen: &Seen, now| decide(kind, id, seen, change, now);
    let decision = settle(app, kind, id, &change.event, decided).await?;
    let asks = decision.asks_reread;
    if asks && (decision.writing.is_some() || !planted::is_on("record-asked-for-once-at-most")) {
        let request = RereadRequest::because_of(&kind.mapping().object, id, change);
        let asked = app.rereads.ask(&request).await;
        asked.map_err(WriteError::Reread)?;
        app.metrics.count("records_asked_for", 1);
    }
    Ok(())
}

/// An event of a record fails that is not understood.
pub(crate) async fn refusal(
    app: &App,
    kind: &Kind,
    id: &RecordId,
    refusal: &Refusal,
) -> Result<(), WriteError> {
    let change = refusal.change(id);
    let decided = |seen: &Seen, now| {
        let refused = configuration::refuse(kind, id, seen, &change, refusal.reason, now);
        Ok(refused)
    };
    settle(app, kind, id, &change.event, decided).await?;
    Ok(())
}

/// An event fails of which nobody can tell what it is of.
pub(crate) async fn unknown(
    app: &App,
    event: &EventKey,
    reason: &str,
    operator: Option<&str>,
) -> Result<(), WriteError> {
    let now = app.clock.now();
    let operator = operator.map(str::to_owned);
    let writing = Writing {
        record: None,
        outcome: Some(unknown_outcome(event, reason, operator, now)),
        published: None,
        count: Some(Count::Unknown),
    };
    // That it is there already is so when the event came before.
    if app.store.write(&writing, now).await? == Put::Done {
        app.metrics.count("edits_not_understood", 1);
    }
    Ok(())
}

/// Looks, decides and writes, until nobody wrote in between; what was decided last.
async fn settle(
    app: &App,
    kind: &Kind,
    id: &RecordId,
    event: &EventKey,
    decided: impl Fn(&Seen, Timestamp) -> Result<Decision, Malformed>,
) -> Result<Decision, WriteError> {
    // One after the other: side by side they would only stand in each other's way.
    let _turn = app.turn.lock().await;
    for _ in 0..ATTEMPTS {
        let seen = app.store.look(kind, id, event).await?;
        let now = app.clock.now();
        let decision = decided(&seen, now).map_err(StoreError::from)?;
        let Some(writing) = &decision.writing else {
            return Ok(decision);
        };
        if app.store.write(writing, now).await? == Put::Done {
            counted(app, writing);
            return Ok(decision);
        }
    }
    Err(WriteError::Overtaken)
}

fn counted(app: &App, writing: &Writing) {
    let name = match writing.count {
        Some(Count::Written) => "records_written",
        Some(Count::Unchanged) => "records_unchanged",
        Some(Count::Failed) => "edits_failed",
        Some(Count::Unknown) | None => return,
    };
    app.metrics.count(name, 1);
}
