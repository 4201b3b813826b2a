//! What is written for a change of a record, by how everything stands.

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    Change, Count, Kind, Malformed, OutcomeRow, Published, PublishedItem, Reason, Record, RecordId,
    Seen, Verdict, What, Writing,
    outcome::{decided_at, expires_at, outcome_of},
    published::PUBLISHED,
    record::Merged,
};

/// What is said of an edit that came late.
const OVERTAKEN: &str = "a later change of the record stands";

/// What is said of an edit that counts.
const COUNTS: &str = "it counts";

/// What there is to say where all records together are more than a row holds.
const TOO_LARGE: &str =
    "the configuration is too large: all records together are more than a row holds";

/// What is done about a change.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decision {
    /// What is written, if anything.
    pub writing: Option<Writing>,
    /// Whether the whole record has to be read from Salesforce; the outcome comes with it.
    pub asks_reread: bool,
}

/// What a record is published as, and what came of trying.
struct Standing {
    published: Option<PublishedItem>,
    record: Option<Value>,
    failure: Option<Reason>,
}

/// What is done about `change` of the record `id`. Where that makes an outcome, it is written with
/// everything else or not at all.
pub fn decide(
    kind: &Kind,
    id: &RecordId,
    seen: &Seen,
    change: &Change,
    now: Timestamp,
) -> Result<Decision, Malformed> {
    if seen.is_done {
        return Ok(Decision::default());
    }
    let mut record = known(kind, id, seen, change, now);
    let merged = record.merge(change);
    let asks_reread = is_to_be_read(&record, change);
    let standing = stand(kind, &record, seen, change, now)?;
    let is_news = merged == Merged::Changed || standing.published.is_some();
    let mut record = written(record, change, merged, now);
    if asks_reread || !(change.is_edit || is_news) {
        // What is known of it is kept, and nobody is told anything yet.
        let writing = (merged != Merged::Nothing).then(|| Writing {
            record: Some(record),
            outcome: None,
            published: None,
            count: None,
        });
        return Ok(Decision {
            writing,
            asks_reread,
        });
    }
    record.record = standing.record;
    let overtaken = merged == Merged::Nothing && standing.published.is_none();
    let result = standing.failure.map_or(Ok(overtaken), Err);
    Ok(told(record, change, result, standing.published, now))
}

/// What is done about an event of the record `id` that is not understood: it fails, and nothing else changes.
#[must_use]
pub fn refuse(
    kind: &Kind,
    id: &RecordId,
    seen: &Seen,
    change: &Change,
    reason: &str,
    now: Timestamp,
) -> Decision {
    if seen.is_done {
        return Decision::default();
    }
    let record = known(kind, id, seen, change, now);
    let record = written(record, change, Merged::Nothing, now);
    told(record, change, Err(Reason::new(reason)), None, now)
}

/// The record as it stands, or one of which nothing is known.
fn known(kind: &Kind, id: &RecordId, seen: &Seen, change: &Change, now: Timestamp) -> Record {
    let record = seen.record.clone();
    record.unwrap_or_else(|| Record::new(kind.name(), id, change, now))
}

/// The outcome of an edit that counts, whether or not it was overtaken, or of one that fails; with all that
/// is written beside it.
fn told(
    mut record: Record,
    change: &Change,
    result: Result<bool, Reason>,
    published: Option<PublishedItem>,
    now: Timestamp,
) -> Decision {
    let count = match (&result, &published) {
        (Err(_), _) => Count::Failed,
        (Ok(_), Some(_)) => Count::Written,
        (Ok(_), None) => Count::Unchanged,
    };
    let decided_at = decided_at(record.outcome_at, now);
    record.outcome_at = Some(decided_at);
    let (kind, record_id) = outcome_of(&record.kind, &record.record_id, &change.event);
    let (result, reason) = match result {
        Ok(true) => (Verdict::Success, Reason::new(OVERTAKEN)),
        Ok(false) => (Verdict::Success, Reason::new(COUNTS)),
        Err(reason) => (Verdict::Fail, reason),
    };
    let outcome = OutcomeRow {
        kind,
        record_id,
        salesforce_id: record.record_id.to_string(),
        action: change.action,
        result,
        reason,
        decided_at,
        operator: change.operator.clone(),
        expires_at: expires_at(decided_at),
    };
    Decision {
        writing: Some(Writing {
            record: Some(record),
            outcome: Some(outcome),
            published,
            count: Some(count),
        }),
        asks_reread: false,
    }
}

/// Whether the record is there, and more of it than was told.
fn is_to_be_read(record: &Record, change: &Change) -> bool {
    let is_part = matches!(&change.what, What::Part { is_incomplete, .. } if *is_incomplete);
    record.is_present() && (!record.whole || is_part)
}

fn written(mut record: Record, change: &Change, merged: Merged, now: Timestamp) -> Record {
    if merged == Merged::Changed {
        record.changed_by.clone_from(&change.operator);
    }
    record.version = record.version.saturating_add(1);
    record.changed_at = now;
    record.last_event = change.event.clone();
    record
}

/// What of `record` is published from now on. What is not valid leaves standing what stands.
fn stand(
    kind: &Kind,
    record: &Record,
    seen: &Seen,
    change: &Change,
    now: Timestamp,
) -> Result<Standing, Malformed> {
    let failed = |reason: Reason| Standing {
        published: None,
        record: record.record.clone(),
        failure: Some(reason),
    };
    let wanted = if record.is_present() {
        match kind.record(&record.current()) {
            Ok(wanted) => Some(wanted),
            Err(unfit) => return Ok(failed(Reason::new(&unfit.to_string()))),
        }
    } else {
        None
    };
    let item = seen.published.as_ref();
    let mut published = item.map_or_else(|| Ok(Published::default()), PublishedItem::open)?;
    if !published.apply(kind.name(), &record.record_id, wanted.as_ref()) {
        return Ok(Standing {
            published: None,
            record: wanted,
            failure: None,
        });
    }
    let Ok(records) = published.pack() else {
        return Ok(failed(Reason::new(TOO_LARGE)));
    };
    Ok(Standing {
        published: Some(PublishedItem {
            kind: PUBLISHED.to_owned(),
            record_id: kind.published().to_owned(),
            records,
            version: item.map_or(0, |item| item.version).saturating_add(1),
            changed_at: now,
            last_request: change.event.to_string(),
        }),
        record: wanted,
        failure: None,
    })
}

#[cfg(test)]
mod tests;
