//! A record of Salesforce: a register for each field, and one for its life.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use lambda_kit::planted;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Action, EventKey, Position, RecordId};

/// What was written last, and when it was: whoever comes later in time stands, whoever comes later to us
/// does not.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Register {
    /// The value.
    pub value: Value,
    /// By which change.
    pub position: Position,
}

/// Whether there is such a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifeState {
    /// There is.
    Present,
    /// There was.
    Deleted,
}

/// The register of a record's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// How it is.
    pub state: LifeState,
    /// By which change.
    pub position: Position,
}

/// Row `<kind>`, `<record id>` of the table `config`.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Which kind of configuration.
    pub kind: String,
    /// Salesforce's id.
    pub record_id: RecordId,
    /// Salesforce's fields, as far as they are known.
    pub values: BTreeMap<String, Register>,
    /// Whether it is there; nothing before the first change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub life: Option<Life>,
    /// Whether all of its fields were told of at once before: those that are not known are empty.
    pub whole: bool,
    /// The record as it is published: the last one that was valid, none if there was none or it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Value>,
    /// How often it was written.
    pub version: u64,
    /// When it was written last.
    pub changed_at: Timestamp,
    /// Which user of Salesforce made the last change that changed something, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<String>,
    /// The time of its last outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome_at: Option<Timestamp>,
    /// The event that was merged last.
    pub last_event: EventKey,
}

/// What an event tells of one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Where it stands among all changes.
    pub position: Position,
    /// Which event it is.
    pub event: EventKey,
    /// What was done.
    pub action: Action,
    /// By which user of Salesforce, if that is known.
    pub operator: Option<String>,
    /// What is known of the record by it.
    pub what: What,
    /// Whether somebody made an edit of which they are to be told what became. A state that was read
    /// without one tells of no edit.
    pub is_edit: bool,
}

/// What is known of a record by a change. Names are those of Salesforce.
#[derive(Clone, PartialEq)]
pub enum What {
    /// All fields that are read.
    Whole(BTreeMap<String, Value>),
    /// Some of them.
    Part {
        /// What they are now.
        values: BTreeMap<String, Value>,
        /// Whether more of them changed, in a way that is not told.
        is_incomplete: bool,
    },
    /// That it is gone.
    Deleted,
}

/// What merging a change did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Merged {
    /// Nothing.
    Nothing,
    /// The same is known of a later time, or more of what is not published yet.
    Known,
    /// A value is another one, or the record came or went.
    Changed,
}

impl Merged {
    const fn of(is_same: bool) -> Self {
        if is_same { Self::Known } else { Self::Changed }
    }
}

impl Record {
    /// A record of which nothing is known.
    pub(crate) fn new(kind: &str, record_id: &RecordId, change: &Change, now: Timestamp) -> Self {
        Self {
            kind: kind.to_owned(),
            record_id: record_id.clone(),
            values: BTreeMap::new(),
            life: None,
            whole: false,
            record: None,
            version: 0,
            changed_at: now,
            changed_by: None,
            outcome_at: None,
            last_event: change.event.clone(),
        }
    }

    /// Merges what `change` tells. In whichever order and however often changes are merged, they end in
    /// the same values, life and wholeness.
    pub(crate) fn merge(&mut self, change: &Change) -> Merged {
        let is_whole = matches!(change.what, What::Whole(_));
        let mut merged = if is_whole && !self.whole {
            Merged::Known
        } else {
            Merged::Nothing
        };
        self.whole |= is_whole;
        if let What::Whole(values) | What::Part { values, .. } = &change.what {
            for (field, value) in values {
                merged = merged.max(self.merge_value(field, value, &change.position));
            }
        }
        merged.max(self.merge_life(change))
    }

    fn merge_value(&mut self, field: &str, value: &Value, position: &Position) -> Merged {
        let standing = self.values.get(field);
        if standing.is_some_and(|standing| !is_later(position, &standing.position)) {
            return Merged::Nothing;
        }
        let is_same = standing.map_or(value.is_null(), |standing| standing.value == *value);
        let register = Register {
            value: value.clone(),
            position: position.clone(),
        };
        self.values.insert(field.to_owned(), register);
        Merged::of(is_same)
    }

    /// Whoever changes a record shows that it is there: even if its coming back was not told of.
    fn merge_life(&mut self, change: &Change) -> Merged {
        let state = match change.what {
            What::Whole(_) | What::Part { .. } => LifeState::Present,
            What::Deleted => LifeState::Deleted,
        };
        let standing = self.life.as_ref();
        if standing.is_some_and(|standing| !is_later(&change.position, &standing.position)) {
            return Merged::Nothing;
        }
        let is_same = standing.is_some_and(|standing| standing.state == state);
        self.life = Some(Life {
            state,
            position: change.position.clone(),
        });
        Merged::of(is_same)
    }

    /// Whether there is such a record.
    #[must_use]
    pub fn is_present(&self) -> bool {
        let life = self.life.as_ref();
        life.is_some_and(|life| life.state == LifeState::Present)
    }

    /// The values of its fields.
    pub(crate) fn current(&self) -> BTreeMap<String, Value> {
        let values = self.values.iter();
        values
            .map(|(field, register)| (field.clone(), register.value.clone()))
            .collect()
    }
}

fn is_later(position: &Position, standing: &Position) -> bool {
    position > standing || planted::is_on("older-configuration-overwrites-newer")
}

// Whoever is on call has a telephone number, and an operator an address: no value is ever printed.

impl fmt::Debug for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Register({})", self.position)
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("kind", &self.kind)
            .field("record_id", &self.record_id)
            .field("values", &self.values)
            .field("life", &self.life)
            .field("whole", &self.whole)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, values) = match self {
            Self::Whole(values) => ("Whole", Some(values)),
            Self::Part { values, .. } => ("Part", Some(values)),
            Self::Deleted => ("Deleted", None),
        };
        let fields = values.into_iter().flat_map(BTreeMap::keys);
        write!(f, "{name}")?;
        f.debug_list().entries(fields).finish()
    }
}

#[cfg(test)]
mod tests;
