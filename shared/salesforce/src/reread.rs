//! Reading records from Salesforce again: what is asked for, and what was found. Both travel in queues.

use std::{collections::BTreeMap, fmt};

use configuration::{Action, Change, EventKey, Mapping, Position, RecordId, What};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The message of the queue `salesforce-reread` that asks for whatever changed since it was read last, of all
/// kinds: for whoever finds that events may be lost.
pub const CATCH_UP: &str = r#"{"reread":"changes"}"#;

/// That a record is to be read, in the queue `salesforce-reread`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RereadRequest {
    /// The object in Salesforce: `Holiday__c`.
    pub object: String,
    /// Which record; without one, all of the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_id: Option<RecordId>,
    /// The edit that was not told of whole.
    pub asked: Asked,
}

/// The edit because of which a record is read. Its outcome is written once the record was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which event told of it.
    pub event: EventKey,
    /// Where it stands among all changes: what is read now is later than that.
    pub position: Position,
    /// What was done.
    pub action: Action,
    /// By which user of Salesforce, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
}

/// What was read of a record, in the queue `salesforce-config`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WholeState {
    /// The object in Salesforce.
    pub object: String,
    /// Which record.
    pub record_id: RecordId,
    /// How it is.
    pub state: State,
    /// When the reading began, by Salesforce's own clock and never later: whatever was committed before is
    /// in what was read.
    pub read_at: Timestamp,
    /// Which user of Salesforce changed it last, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<String>,
    /// The edit because of which it was read; none if all records were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

/// How a record was found.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// With these values of Salesforce's fields.
    Present(Map<String, Value>),
    /// In the recycle bin, or not at all.
    Deleted,
}

/// The message that a whole state is, told from events by its one member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WholeMessage {
    pub(crate) reread: WholeState,
}

impl fmt::Debug for State {
    /// What people wrote is never printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Present(_) => "Present",
            Self::Deleted => "Deleted",
        })
    }
}

impl RereadRequest {
    /// The request in the message `body`; `None` if there is none in it.
    #[must_use]
    pub fn read(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }
}

impl WholeState {
    /// The change that the state is.
    #[must_use]
    pub fn change(&self, mapping: &Mapping) -> Change {
        let own = self.event();
        let read_at = Position::new(self.millis(), 0, 0, &own);
        let asked = self.asked.as_ref();
        let what = match &self.state {
            State::Present(values) => What::Whole(mapping.whole(values)),
            State::Deleted => What::Deleted,
        };
        let otherwise = match what {
            What::Deleted => Action::Deleted,
            _ => Action::Updated,
        };
        Change {
            position: asked.map_or(read_at.clone(), |asked| {
                read_at.max(asked.position.just_after())
            }),
            event: asked.map_or(own, |asked| asked.event.clone()),
            action: asked.map_or(otherwise, |asked| asked.action),
            operator: asked
                .and_then(|asked| asked.operator.clone())
                .or_else(|| self.changed_by.clone()),
            what,
            is_edit: asked.is_some(),
        }
    }

    /// Which reading it is.
    #[must_use]
    pub fn event(&self) -> EventKey {
        let millis = self.millis().to_string();
        EventKey::of(&["read", self.record_id.as_str(), &millis])
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.read_at.as_millisecond()).unwrap_or_default()
    }

    /// The message of the queue.
    pub(crate) fn message(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&BTreeMap::from([("reread", self)]))
    }
}

#[cfg(test)]
mod tests;
