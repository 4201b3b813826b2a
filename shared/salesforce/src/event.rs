//! Events of records, as they come by the partner event bus.

mod envelope;
mod header;
mod platform;
mod reading;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use configuration::{Action, Change, EventKey, Kind, Kinds, Mapping, Position, RecordId, What};
use serde_json::{Map, Value};

pub use self::envelope::{read, read_large};
use crate::{Asked, LargeEvent, RereadRequest, WholeState};

/// What a message of the queue `salesforce-config` is.
#[derive(Debug, Clone, PartialEq)]
pub enum Incoming {
    /// Somebody edited records.
    Edit(Edit),
    /// Somebody did, and Salesforce does not say how.
    Gap(Gap),
    /// A record was read again.
    Whole(Box<WholeState>),
    /// Somebody did, and the event lies in the bucket of large events.
    Large(LargeEvent),
}

/// What an event is of, by its name in Salesforce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// An object: `Holiday__c`.
    Object(String),
    /// A platform event: `Holiday_Change__e`.
    PlatformEvent(String),
}

/// An edit, of one record or, in the same way, of several.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// What kind of record it is.
    pub of: Of,
    /// Which records.
    pub record_ids: Vec<RecordId>,
    /// Whether it names others, by what is no id.
    pub names_others: bool,
    /// What was done.
    pub action: Action,
    /// By which user of Salesforce, if that is known.
    pub operator: Option<String>,
    pub(crate) stamp: Stamp,
    pub(crate) said: Said,
}

/// An edit of which the event says no more than that it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The object.
    pub object: String,
    /// Which records; none if it may be all of them.
    pub record_ids: Vec<RecordId>,
    /// What was done.
    pub action: Action,
    /// By which user of Salesforce, if that is known.
    pub operator: Option<String>,
    pub(crate) stamp: Stamp,
}

/// An event that is not understood, as far as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What it is of, if that is known.
    pub of: Option<Of>,
    /// Which records, as far as they are known.
    pub record_ids: Vec<RecordId>,
    /// What was done.
    pub action: Action,
    /// By which user of Salesforce, if that is known.
    pub operator: Option<String>,
    /// Why it is not understood. Nothing of the event is in it.
    pub reason: &'static str,
    pub(crate) stamp: Stamp,
}

/// When an event happened, and which it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Stamp {
    pub(crate) millis: u64,
    pub(crate) number: u64,
    pub(crate) sequence: u32,
    /// What names it, whenever and however it comes.
    pub(crate) names: Vec<String>,
}

/// What an event says of its records.
#[derive(Clone, PartialEq)]
pub(crate) enum Said {
    /// All of their fields.
    Whole(Map<String, Value>),
    /// Some of them.
    Part {
        told: Map<String, Value>,
        /// Those that are named as changed.
        named: BTreeSet<String>,
        /// Those of which only the difference is told.
        differing: BTreeSet<String>,
    },
    /// That they are gone.
    Deleted,
}

impl Of {
    /// The kind of configuration, if it is one.
    #[must_use]
    pub fn kind<'a>(&self, kinds: &'a Kinds) -> Option<&'a Kind> {
        match self {
            Self::Object(object) => kinds.of_object(object),
            Self::PlatformEvent(event) => kinds.of_platform_event(event),
        }
    }
}

impl Stamp {
    /// The key of the event for one record.
    fn key(&self, record: &str) -> EventKey {
        let names = self.names.iter().map(String::as_str);
        let parts: Vec<&str> = names.chain([record]).collect();
        EventKey::of(&parts)
    }

    fn position(&self, event: &EventKey) -> Position {
        Position::new(self.millis, self.number, self.sequence, event)
    }
}

impl Edit {
    /// What it changes of each record of a kind with this mapping. Nothing, if it is about fields alone that
    /// are not read.
    #[must_use]
    pub fn changes(&self, mapping: &Mapping) -> Vec<(RecordId, Change)> {
        let Some(what) = self.said.what(mapping) else {
            return Vec::new();
        };
        let change = |id: &RecordId| {
            let event = self.stamp.key(id.as_str());
            let change = Change {
                position: self.stamp.position(&event),
                event,
                action: self.action,
                operator: self.operator.clone(),
                what: what.clone(),
                is_edit: true,
            };
            (id.clone(), change)
        };
        self.record_ids.iter().map(change).collect()
    }

    /// The key of the event itself.
    #[must_use]
    pub fn event(&self) -> EventKey {
        self.stamp.key("")
    }
}

impl fmt::Debug for Said {
    /// What people wrote is never printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole(_) => "Whole",
            Self::Part { .. } => "Part",
            Self::Deleted => "Deleted",
        })
    }
}

impl Said {
    fn what(&self, mapping: &Mapping) -> Option<What> {
        match self {
            Self::Whole(told) => Some(What::Whole(mapping.whole(told))),
            Self::Part {
                told,
                named,
                differing,
            } => {
                let mut values = mapping.part(told, named);
                let before = mapping.fields().filter(|field| differing.contains(*field));
                let is_incomplete = before.count() > 0;
                values.retain(|field, _| !differing.contains(field));
                let is_nothing = values.is_empty() && !is_incomplete;
                (!is_nothing).then_some(What::Part {
                    values,
                    is_incomplete,
                })
            }
            Self::Deleted => Some(What::Deleted),
        }
    }
}

impl Gap {
    /// The key of the event itself.
    #[must_use]
    pub fn event(&self) -> EventKey {
        self.stamp.key("")
    }

    /// What has to be read because of it.
    #[must_use]
    pub fn requests(&self) -> Vec<RereadRequest> {
        let request = |record_id: Option<&RecordId>| {
            let event = self.stamp.key(record_id.map_or("", RecordId::as_str));
            RereadRequest {
                object: self.object.clone(),
                record_id: record_id.cloned(),
                asked: Asked {
                    position: self.stamp.position(&event),
                    event,
                    action: self.action,
                    operator: self.operator.clone(),
                },
            }
        };
        if self.record_ids.is_empty() {
            return vec![request(None)];
        }
        self.record_ids.iter().map(|id| request(Some(id))).collect()
    }
}

impl Refusal {
    /// The key of the event for one of its records, or for nothing that is known.
    #[must_use]
    pub fn event(&self, record: Option<&RecordId>) -> EventKey {
        self.stamp.key(record.map_or("", RecordId::as_str))
    }

    /// What it would have changed of a record, of which nothing is known by it.
    #[must_use]
    pub fn change(&self, record: &RecordId) -> Change {
        let event = self.event(Some(record));
        Change {
            position: self.stamp.position(&event),
            event,
            action: self.action,
            operator: self.operator.clone(),
            what: What::Part {
                values: BTreeMap::new(),
                is_incomplete: false,
            },
            is_edit: true,
        }
    }
}

impl RereadRequest {
    /// That the record is to be read since `change` does not tell it whole.
    #[must_use]
    pub fn because_of(object: &str, id: &RecordId, change: &Change) -> Self {
        Self {
            object: object.to_owned(),
            record_id: Some(id.clone()),
            asked: Asked {
                event: change.event.clone(),
                position: change.position.clone(),
                action: change.action,
                operator: change.operator.clone(),
            },
        }
    }
}

#[cfg(test)]
mod tests;
