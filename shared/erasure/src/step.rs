//! What the state machine hands to a step, and gets back from it.

use identity::ErasureId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use crate::{Erasure, ErasureError, ErasureState};

/// What a step is given: the output of the step before it.
#[derive(Debug, Clone, Deserialize)]
pub struct Order {
    /// Which erasure.
    pub erasure_id: ErasureId,
    /// Why the erasure is to be taken back, where a step failed: the state machine's own account.
    #[serde(default)]
    pub failure: Option<Value>,
}

impl Order {
    /// Reads what the state machine sent.
    pub fn read(event: &RawValue) -> Result<Self, ErasureError> {
        serde_json::from_str(event.get()).map_err(|_| ErasureError::NoOrder)
    }
}

/// What a step answers: how far the erasure is, and what the state machine goes on by. Nothing in it
/// is personal, so that it may stand in the history of executions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Which erasure.
    pub erasure_id: ErasureId,
    /// How far it is.
    pub state: ErasureState,
    /// Until when the person may take it back.
    pub removal_at: Timestamp,
    /// Whether the step is done with; if not, it is to be called again.
    pub done: bool,
    /// When to call it again, if that is not at once.
    pub look_at: Timestamp,
}

impl Progress {
    pub(crate) fn done(erasure: &Erasure) -> Self {
        Self {
            erasure_id: erasure.erasure_id.clone(),
            state: erasure.state,
            removal_at: erasure.removal_at,
            done: true,
            look_at: erasure.removal_at,
        }
    }

    /// The same, to be called again at once.
    pub(crate) fn more(self) -> Self {
        Self {
            done: false,
            ..self
        }
    }

    /// The same, to be called again at `time`.
    pub(crate) fn at(self, time: Timestamp) -> Self {
        Self {
            done: false,
            look_at: time,
            ..self
        }
    }
}
