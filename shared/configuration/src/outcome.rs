//! What became of an edit.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{EventKey, RecordId};

/// How the partition of outcomes is called, before the kind.
pub const OUTCOME: &str = "outcome#";

/// The kind, and the record, of what can't be understood.
pub const UNKNOWN: &str = "unknown";

/// For how long an outcome is kept, in seconds: 30 days. An event that comes again later than that is an
/// older one, and changes nothing.
const KEPT: i64 = 30 * 24 * 60 * 60;

/// The longest reason, in characters: what a text field of Salesforce holds.
const LONGEST_REASON: usize = 255;

/// What an operator did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// There is a new record, or one is back.
    Created,
    /// It is another one.
    Updated,
    /// It is gone.
    Deleted,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    /// It counts.
    Success,
    /// It does not, for a reason.
    Fail,
}

/// Why: at most 255 characters, none of which commands anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Reason(String);

/// As what an outcome is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// What is published is another thing now.
    Written,
    /// It is what it was.
    Unchanged,
    /// The edit failed.
    Failed,
    /// It was not understood.
    Unknown,
}

/// Row `outcome#<kind>`, `<record id>#<event key>` of the table `config`. It is written once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeRow {
    /// `outcome#<kind>`.
    pub kind: String,
    /// `<record id>#<event key>`.
    pub record_id: String,
    /// The record; `unknown` if that is not known.
    pub salesforce_id: String,
    /// What was done.
    pub action: Action,
    /// What became of it.
    pub result: Verdict,
    /// Why. Never empty: Salesforce keeps what a field said before where it is told nothing.
    pub reason: Reason,
    /// When that was decided, in whole seconds; another one for each outcome of a record.
    pub decided_at: Timestamp,
    /// Which user of Salesforce is told, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// When the row goes, in seconds of the epoch.
    pub expires_at: i64,
}

impl Action {
    /// As files are named and rows say it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

impl Verdict {
    /// As Salesforce is told it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::Fail => "Fail",
        }
    }
}

impl Reason {
    /// `text`, as far as it is a reason.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let plain = text.chars().filter(|c| !c.is_control());
        Self(plain.take(LONGEST_REASON).collect())
    }

    /// The reason as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl OutcomeRow {
    /// The kind of configuration that was edited: `holiday`, or `unknown`.
    #[must_use]
    pub fn kind_name(&self) -> &str {
        self.kind.strip_prefix(OUTCOME).unwrap_or(&self.kind)
    }

    /// Whether it could not be told which record was edited: Salesforce is told nothing of it.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.kind_name() == UNKNOWN
    }

    /// The key of the event that told of the edit.
    #[must_use]
    pub fn event_key(&self) -> &str {
        let key = self.record_id.split_once('#');
        key.map_or("", |(_, key)| key)
    }
}

/// The keys of the outcome of an event of a record: `kind` and `record_id`.
#[must_use]
pub fn outcome_of(kind: &str, record: &RecordId, event: &EventKey) -> (String, String) {
    (format!("{OUTCOME}{kind}"), format!("{record}#{event}"))
}

/// What becomes of an edit that is not understood.
#[must_use]
pub fn unknown_outcome(
    event: &EventKey,
    reason: &str,
    operator: Option<String>,
    now: Timestamp,
) -> OutcomeRow {
    let decided_at = whole_second(now);
    OutcomeRow {
        kind: format!("{OUTCOME}{UNKNOWN}"),
        record_id: format!("{UNKNOWN}#{event}"),
        salesforce_id: UNKNOWN.to_owned(),
        action: Action::Updated,
        result: Verdict::Fail,
        reason: Reason::new(reason),
        decided_at,
        operator,
        expires_at: expires_at(decided_at),
    }
}

/// When an outcome is decided at `now`, after the last one of the record.
pub(crate) fn decided_at(last: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let next = last.and_then(|last| last.checked_add(SignedDuration::from_secs(1)).ok());
    let now = whole_second(now);
    next.map_or(now, |next| next.max(now))
}

/// When an outcome that is decided then goes.
pub(crate) fn expires_at(decided_at: Timestamp) -> i64 {
    decided_at.as_second().saturating_add(KEPT)
}

fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

impl From<String> for Reason {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.0
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
