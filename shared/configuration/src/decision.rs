//! What is written for a change of a record, by how everything stands.

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    Action, Change, Count, EventKey, Kind, Malformed, OutcomeRow, Published, PublishedItem, Reason,
    Record, RecordId, Seen, Verdict, What, Writing,
    outcome::{decided_at, expires_at, outcome_of},
    published::PUBLISHED,
    record::Merged,
};

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
    let before = seen.record.clone();
    let mut record = before.unwrap_or_else(|| Record::new(kind.name(), id, change, now));
    let merged = record.merge(change);
    let asks_reread = is_to_be_read(&record, change);
    let standing = stand(kind, &record, seen, change, now)?;
    let is_news = merged == Merged::Changed || standing.published.is_some();
    if asks_reread || !(change.is_edit || is_news) {
        // What is known of it is kept, and nobody is told anything yet.
        let writing = (merged != Merged::Nothing).then(|| Writing {
            record: Some(written(record, change, merged, now)),
            outcome: None,
            published: None,
            count: None,
        });
        return Ok(Decision {
            writing,
            asks_reread,
        });
    }
    let overtaken = merged == Merged::Nothing && standing.failure.is_none();
    let told = Told {
        event: &change.event,
        action: change.action,
        operator: change.operator.as_deref(),
    };
    let mut record = written(record, change, merged, now);
    record.record = standing.record;
    let (reason, count) = match (standing.failure, &standing.published) {
        (Some(reason), _) => (Err(reason), Count::Failed),
        (None, Some(_)) => (Ok(overtaken), Count::Written),
        (None, None) => (Ok(overtaken), Count::Unchanged),
    };
    let outcome = told.outcome(&mut record, reason, now);
    Ok(Decision {
        writing: Some(Writing {
            record: Some(record),
            outcome: Some(outcome),
            published: standing.published,
            count: Some(count),
        }),
        asks_reread: false,
    })
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
    let before = seen.record.clone();
    let record = before.unwrap_or_else(|| Record::new(kind.name(), id, change, now));
    let told = Told {
        event: &change.event,
        action: change.action,
        operator: change.operator.as_deref(),
    };
    let mut record = written(record, change, Merged::Nothing, now);
    let outcome = told.outcome(&mut record, Err(Reason::new(reason)), now);
    Decision {
        writing: Some(Writing {
            record: Some(record),
            outcome: Some(outcome),
            published: None,
            count: Some(Count::Failed),
        }),
        asks_reread: false,
    }
}

/// Of whom and what an outcome tells.
struct Told<'a> {
    event: &'a EventKey,
    action: Action,
    operator: Option<&'a str>,
}

impl Told<'_> {
    /// The outcome of an edit that counts, whether or not it was overtaken, or of one that fails.
    fn outcome(
        &self,
        record: &mut Record,
        result: Result<bool, Reason>,
        now: Timestamp,
    ) -> OutcomeRow {
        let decided_at = decided_at(record.outcome_at, now);
        record.outcome_at = Some(decided_at);
        let (kind, record_id) = outcome_of(&record.kind, &record.record_id, self.event);
        let (result, reason) = match result {
            Ok(true) => (
                Verdict::Success,
                Reason::new("a later change of the record stands"),
            ),
            Ok(false) => (Verdict::Success, Reason::default()),
            Err(reason) => (Verdict::Fail, reason),
        };
        OutcomeRow {
            kind,
            record_id,
            salesforce_id: record.record_id.to_string(),
            action: self.action,
            result,
            reason,
            decided_at,
            operator: self.operator.map(str::to_owned),
            expires_at: expires_at(decided_at),
        }
    }
}

/// Of a record that is there, and of which more is there than was told.
const fn needs(change: &Change) -> bool {
    matches!(
        change.what,
        What::Part {
            is_incomplete: true,
            ..
        }
    )
}

fn is_to_be_read(record: &Record, change: &Change) -> bool {
    record.is_present() && (!record.whole || needs(change))
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
        return Ok(failed(Reason::new(
            "the configuration is too large: all records together are more than 380 KB",
        )));
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
