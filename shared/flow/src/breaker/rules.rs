//! From one state to the next.

use std::time::Duration;

use jiff::Timestamp;
use lambda_kit::{clock::later, planted};

use super::{
    Attempt, Breaker, MOST_REPAIRS, MOST_TRIES, Notice, PATIENCE, Repair, State, cooled_down,
    wait_after,
};
use crate::{Action, Cause, Health, plan};

/// What is to be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: the flow is well, and was.
    Nothing,
    /// Nothing yet.
    Wait,
    /// Nothing here: another run is at it.
    Busy,
    /// It is to be tried to mend it, against this cause.
    Try(Cause),
    /// A try whose run died is to be made again.
    Resume(Cause),
    /// It is to be given up.
    GiveUp(Cause),
    /// It is well again.
    Heal,
}

impl Breaker {
    /// What is to be done about a flow in that health.
    #[must_use]
    pub fn next(&self, health: Health, now: Timestamp) -> Next {
        let found = match health {
            Health::Well if self.state == State::Well => return Next::Nothing,
            Health::Well if !self.is_writing_again() => return Next::Heal,
            Health::Well | Health::Unproven => None,
            Health::Ill(cause) => Some(cause),
        };
        let Some(cause) = found.or(self.cause) else {
            return Next::Nothing;
        };
        if let Some(attempt) = &self.attempt {
            return if now < attempt.until {
                Next::Busy
            } else {
                Next::Resume(self.cause.unwrap_or(cause))
            };
        }
        let has_shown = |at| now >= later(at, PATIENCE);
        let is_due = self.next_try_at.is_none_or(|at| now >= at)
            && (found.is_some() || self.acted_at.is_none_or(has_shown));
        if cause.needs_people() {
            return match self.state {
                State::Open => Next::Wait,
                State::Well | State::Mending => Next::GiveUp(cause),
            };
        }
        match self.state {
            State::Mending | State::Open if !is_due => Next::Wait,
            State::Mending if self.tries >= MOST_TRIES => Next::GiveUp(cause),
            State::Well | State::Mending | State::Open => Next::Try(cause),
        }
    }

    /// With a try of `owner`'s under way, which nobody else takes up for as long as `lease`.
    #[must_use]
    pub fn trying(
        &self,
        cause: Cause,
        owner: &str,
        now: Timestamp,
        lease: Duration,
        chance: u64,
    ) -> Self {
        let mut next = self.begun(cause, now);
        next.tries = next.tries.saturating_add(1);
        next.attempt = Some(Attempt {
            owner: owner.to_owned(),
            until: later(now, lease),
            cut_off: None,
        });
        next.next_try_at = Some(self.due_after(next.tries, now, chance));
        next
    }

    /// With the same try, taken up by another owner.
    #[must_use]
    pub fn resuming(&self, owner: &str, now: Timestamp, lease: Duration, chance: u64) -> Self {
        let mut next = self.clone();
        next.version = self.version.saturating_add(1);
        next.attempt = Some(Attempt {
            owner: owner.to_owned(),
            until: later(now, lease),
            cut_off: self
                .attempt
                .as_ref()
                .map(|first| first.cut_off.unwrap_or(first.until)),
        });
        next.next_try_at = Some(self.due_after(self.tries, now, chance));
        next
    }

    /// With the try made: `actions` were done.
    #[must_use]
    pub fn acted(&self, actions: &[Action], now: Timestamp) -> Self {
        let mut next = self.clone();
        next.version = self.version.saturating_add(1);
        next.attempt = None;
        next.acted_at = Some(now);
        for action in actions {
            if !next.tried.contains(action) {
                next.tried.push(*action);
            }
        }
        next
    }

    /// Given up, which people are to be told unless they know.
    #[must_use]
    pub fn given_up(&self, cause: Cause, now: Timestamp, chance: u64) -> Self {
        let mut next = self.begun(cause, now);
        next.attempt = None;
        next.state = State::Open;
        next.next_try_at = Some(cooled_down(now, chance));
        if !self.told || planted::is_on("broken-flow-is-told-of-on-and-on") {
            next.untold = Some(Notice::Broken);
        }
        next
    }

    /// Well again, which people are to be told if they know that it was not.
    #[must_use]
    pub fn healed(&self, now: Timestamp) -> Self {
        let mut next = self.remembering(now);
        if !self.told {
            return next.cleared();
        }
        next.version = self.version.saturating_add(1);
        next.state = State::Well;
        next.attempt = None;
        next.next_try_at = None;
        next.untold = Some(Notice::WellAgain);
        next
    }

    /// With people told.
    #[must_use]
    pub fn having_told(&self, notice: Notice) -> Self {
        match notice {
            Notice::WellAgain => self.cleared(),
            Notice::Broken => {
                let mut next = self.clone();
                next.version = self.version.saturating_add(1);
                next.told = true;
                next.untold = None;
                next
            }
        }
    }

    /// Whether a try is under way that writes files again. While some of them are written and others are
    /// not, the counts of runs say nothing of the others.
    fn is_writing_again(&self) -> bool {
        let plan = self.cause.map(|cause| plan(cause, self.tries, true));
        self.attempt.is_some()
            && plan.is_some_and(|plan| plan.contains(&Action::Redrive))
            && !planted::is_on("what-was-half-written-again-counts-as-written")
    }

    /// With what was wrong up to now among the repairs.
    fn remembering(&self, now: Timestamp) -> Self {
        let mut next = self.clone();
        if let (Some(since), Some(cause)) = (self.since, self.cause) {
            next.repairs.push(Repair {
                since,
                until: now,
                cause,
                tries: self.tries,
                tried: self.tried.clone(),
                told: self.told,
            });
        }
        let forgotten = next.repairs.len().saturating_sub(MOST_REPAIRS);
        next.repairs.drain(..forgotten);
        next
    }

    /// As if nothing had been, but for what is remembered.
    fn cleared(&self) -> Self {
        Self {
            version: self.version.saturating_add(1),
            repairs: self.repairs.clone(),
            ..Self::of(&self.record_id)
        }
    }

    /// When the try after the one with that number is due.
    fn due_after(&self, tries: u32, now: Timestamp, chance: u64) -> Timestamp {
        match self.state {
            State::Open => cooled_down(now, chance),
            State::Well | State::Mending => later(now, wait_after(tries, chance)),
        }
    }

    fn begun(&self, cause: Cause, now: Timestamp) -> Self {
        let mut next = match self.state {
            State::Well => Self {
                state: State::Mending,
                since: Some(now),
                ..self.cleared()
            },
            State::Mending | State::Open => self.clone(),
        };
        next.version = self.version.saturating_add(1);
        next.cause = Some(cause);
        next
    }
}
