//! What a look at a flow finds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Cause;

/// Whether a flow is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It runs when it has to.
    Active,
    /// It was never started, or is switched off.
    Inactive,
    /// It is suspended.
    Suspended,
    /// It is in error.
    Errored,
}

/// What starts a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// Each event.
    Event,
    /// The time.
    Scheduled,
    /// Somebody.
    OnDemand,
}

/// How a flow is made, as far as it matters. What AppFlow fills in by itself is no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// What starts it.
    pub trigger: Trigger,
    /// Where from: the object in Salesforce, or bucket and prefix.
    pub source: String,
    /// Where to: the event source, or the object in Salesforce.
    pub destination: String,
    /// The connector profile by which it reaches Salesforce.
    pub profile: String,
    /// The bucket for what it can't deliver.
    pub errors_bucket: String,
    /// Of what goes to Salesforce: how rows are written there, by which field and through which API, and
    /// that the first refusal ends the run.
    pub writing: Option<String>,
    /// The fields that are carried over; empty for all of them.
    pub fields: Vec<String>,
}

/// A part of a flow that is not as it has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What starts it.
    Trigger,
    /// Where from.
    Source,
    /// Where to.
    Destination,
    /// The connector profile.
    Profile,
    /// The bucket for errors.
    ErrorsBucket,
    /// How rows are written.
    Writing,
    /// The fields.
    Fields,
}

impl Shape {
    /// In what it differs from `expected`.
    #[must_use]
    pub fn differs_from(&self, expected: &Self) -> Vec<Part> {
        let compared = [
            (Part::Trigger, self.trigger == expected.trigger),
            (Part::Source, self.source == expected.source),
            (Part::Destination, self.destination == expected.destination),
            (Part::Profile, self.profile == expected.profile),
            (
                Part::ErrorsBucket,
                self.errors_bucket == expected.errors_bucket,
            ),
            (Part::Writing, self.writing == expected.writing),
            (
                Part::Fields,
                sorted(&self.fields) == sorted(&expected.fields),
            ),
        ];
        let different = compared.into_iter().filter(|(_, is_same)| !is_same);
        different.map(|(part, _)| part).collect()
    }
}

fn sorted(fields: &[String]) -> Vec<&String> {
    let mut fields: Vec<&String> = fields.iter().collect();
    fields.sort();
    fields
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// It is under way.
    Running,
    /// It ended well, or so AppFlow says.
    Successful,
    /// It ended otherwise.
    Failed,
}

/// A run of a scheduled flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// When it began: it takes the files that were written since the one before began.
    pub started_at: Timestamp,
    /// How far it is.
    pub state: RunState,
    /// How many records it processed, those that failed included.
    pub processed: u64,
    /// How many the other side did not take.
    pub failures: u64,
    /// What its message says.
    pub said: Option<Cause>,
}

impl Run {
    /// How many rows the other side took.
    #[must_use]
    pub const fn accepted(&self) -> u64 {
        match self.state {
            RunState::Successful => self.processed.saturating_sub(self.failures),
            RunState::Running | RunState::Failed => 0,
        }
    }

    /// Whether it is over.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        !matches!(self.state, RunState::Running)
    }
}

/// What a look at a flow found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Whether it is at work.
    pub status: Status,
    /// How it is made.
    pub shape: Shape,
    /// What AppFlow's texts about it say.
    pub said: Option<Cause>,
    /// Its runs, the oldest first, of a scheduled flow.
    pub runs: Vec<Run>,
    /// Whether there are none before these.
    pub has_all_runs: bool,
}

impl Seen {
    /// Whether it is at work.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == Status::Active
    }
}
