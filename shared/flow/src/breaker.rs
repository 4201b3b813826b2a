//! How far mending a flow is: one row, which decides who may try, when, and how often.
//!
//! A flow that does not do its work is tried to be mended at once, and then after one minute, two and
//! four, each give or take. Is it still not well some minutes after the last of these, it is given up: the
//! circuit is open, and people are told, once. From then on there is one try every half hour, of
//! which nobody hears unless it helps.

mod rules;

use std::time::Duration;

use jiff::Timestamp;
use lambda_kit::clock::later;
use serde::{Deserialize, Serialize};

use crate::{Action, Cause, plan};

pub use self::rules::Next;

/// After as many tries in a row people are told.
const MOST_TRIES: u32 = 4;

/// How long the first wait is; each is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_mins(1);

/// How long a flow that is at work again may take to show that it works: a run of it, and a look at that.
const PATIENCE: Duration = Duration::from_mins(10);

/// How long it is between tries once the circuit is open.
const COOL_DOWN: Duration = Duration::from_mins(30);

/// As many repairs of a flow are remembered.
const MOST_REPAIRS: usize = 10;

/// What the row is called in which the counts are looked after as a flow is; no flow has that name.
pub const RECONCILIATION: &str = "reconciliation";

/// How far mending a flow is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// There is nothing to mend.
    Well,
    /// It is being mended.
    Mending,
    /// It was given up.
    Open,
}

/// What people are still to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notice {
    /// That the flow can't be mended.
    Broken,
    /// That a flow of which they were told is well again.
    WellAgain,
}

/// A try that is under way, and until when nobody else may take it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) owner: String,
    pub(crate) until: Timestamp,
    /// Until when whoever made it first was at it, if that one was cut off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cut_off: Option<Timestamp>,
}

/// That a flow was not well for a while, and is again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// From when it was not.
    pub since: Timestamp,
    /// When it was found to be well.
    pub until: Timestamp,
    /// Why it was not, as it was seen last.
    pub cause: Cause,
    /// How many tries there were.
    #[serde(default)]
    pub tries: u32,
    /// What was done in them, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<Action>,
    /// Whether people were told, since it did not mend at first.
    #[serde(default)]
    pub told: bool,
}

/// The row `flow` of the table `config` of one flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    kind: String,
    /// The flow's name.
    record_id: String,
    pub(crate) version: u64,
    state: State,
    /// Since when it is not well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
    /// How many tries there were since then.
    #[serde(default)]
    tries: u32,
    /// What was done in them, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tried: Vec<Action>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempt: Option<Attempt>,
    /// When the last try was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    acted_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_try_at: Option<Timestamp>,
    /// Whether people know.
    #[serde(default)]
    told: bool,
    /// What they are still to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    untold: Option<Notice>,
    /// The latest repairs, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    repairs: Vec<Repair>,
}

impl Breaker {
    /// That of a flow of which there is no row.
    #[must_use]
    pub fn of(flow: &str) -> Self {
        Self {
            kind: "flow".to_owned(),
            record_id: flow.to_owned(),
            version: 0,
            state: State::Well,
            since: None,
            cause: None,
            tries: 0,
            tried: Vec::new(),
            attempt: None,
            acted_at: None,
            next_try_at: None,
            told: false,
            untold: None,
            repairs: Vec::new(),
        }
    }

    /// The flow's name.
    #[must_use]
    pub fn flow(&self) -> &str {
        &self.record_id
    }

    /// How far mending is.
    #[must_use]
    pub const fn state(&self) -> State {
        self.state
    }

    /// Since when the flow is not well.
    #[must_use]
    pub const fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// Why it is not.
    #[must_use]
    pub const fn cause(&self) -> Option<Cause> {
        self.cause
    }

    /// Which try this is, or was last.
    #[must_use]
    pub const fn tries(&self) -> u32 {
        self.tries
    }

    /// What was done so far.
    #[must_use]
    pub fn tried(&self) -> &[Action] {
        &self.tried
    }

    /// Of a try that somebody else began and was cut off in: until when that one may have been at it.
    #[must_use]
    pub fn cut_off(&self) -> Option<Timestamp> {
        self.attempt.as_ref()?.cut_off
    }

    /// When something was last done.
    #[must_use]
    pub const fn acted_at(&self) -> Option<Timestamp> {
        self.acted_at
    }

    /// When the next try may be made.
    #[must_use]
    pub const fn next_try_at(&self) -> Option<Timestamp> {
        self.next_try_at
    }

    /// Whether people know that it is not well.
    #[must_use]
    pub const fn is_told(&self) -> bool {
        self.told
    }

    /// What was repaired of late, the newest last.
    #[must_use]
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// What the next try will do, as far as the row says: how the flow is by then, only a look says.
    #[must_use]
    pub fn next_actions(&self) -> Vec<Action> {
        match self.cause {
            Some(cause) if self.state != State::Well && !cause.needs_people() => {
                plan(cause, self.tries.saturating_add(1), !cause.is_off())
            }
            _ => Vec::new(),
        }
    }

    /// What people are still to be told.
    #[must_use]
    pub const fn untold(&self) -> Option<Notice> {
        self.untold
    }

    /// What tells this try from every other, for AppFlow and for Scheduler. A repetition of a try has the
    /// same.
    #[must_use]
    pub fn token(&self) -> String {
        let since = self.since.unwrap_or_default().as_millisecond();
        format!("{}#{since}#{}", self.record_id, self.tries)
    }

    /// What tells this message from every other: a repetition has the same.
    #[must_use]
    pub fn notice_key(&self, notice: Notice) -> String {
        let since = self.since.unwrap_or_default();
        let what = match notice {
            Notice::Broken => "broken",
            Notice::WellAgain => "well-again",
        };
        format!("flow#{}#{since}#{what}", self.record_id)
    }
}

/// How long to wait after the try number `tries`: half of it for certain, and the other half by chance, so
/// that flows that broke together are not started together.
fn wait_after(tries: u32, chance: u64) -> Duration {
    let doublings = tries.saturating_sub(1).min(MOST_TRIES);
    let whole = FIRST_WAIT.saturating_mul(1 << doublings);
    spread(whole, chance)
}

fn spread(whole: Duration, chance: u64) -> Duration {
    let half = whole / 2;
    let millis = u64::try_from(half.as_millis()).unwrap_or(u64::MAX);
    half + Duration::from_millis(chance.checked_rem(millis).unwrap_or_default())
}

fn cooled_down(now: Timestamp, chance: u64) -> Timestamp {
    later(now, spread(COOL_DOWN * 2, chance))
}

#[cfg(test)]
mod tests;
