//! An endpoint that keeps failing is left in peace for a while.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// After how many failures in a row.
const MOST_FAILURES: u32 = 5;

/// For how long at first; twice as long each time that it fails again.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(30);

const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// How long a trial may take before another one is allowed: whoever made it may have been cut off.
const TRIAL: SignedDuration = SignedDuration::from_mins(1);

/// How an endpoint has been doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Circuit {
    /// It is called.
    Closed {
        /// How many calls in a row failed.
        failures: u32,
    },
    /// It is not called.
    Open {
        /// Until then.
        until: Timestamp,
        /// How often in a row it was opened.
        times: u32,
    },
    /// It is called once, to see.
    Trial {
        /// After then, the trial counts as cut off.
        until: Timestamp,
        /// How often in a row it was opened before.
        times: u32,
    },
}

/// Whether an endpoint may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// It may.
    Yes,
    /// Once, as a trial: the circuit that goes with it has to be on record before.
    Trial(Circuit),
    /// Not before then.
    NotBefore(Timestamp),
    /// Not while somebody finds out whether it answers again, which takes no longer than a call.
    BeingTried,
}

impl Default for Circuit {
    fn default() -> Self {
        Self::CLOSED
    }
}

impl Circuit {
    /// What it is at first, and after each call that succeeded.
    pub const CLOSED: Self = Self::Closed { failures: 0 };

    /// Whether the endpoint may be called now.
    #[must_use]
    pub fn permit(self, now: Timestamp) -> Permit {
        match self {
            Self::Closed { .. } => Permit::Yes,
            Self::Open { until, .. } if now < until => Permit::NotBefore(until),
            Self::Trial { until, .. } if now < until => Permit::BeingTried,
            Self::Open { times, .. } | Self::Trial { times, .. } => Permit::Trial(Self::Trial {
                until: after(now, TRIAL),
                times,
            }),
        }
    }

    /// Whether it failed too often to be called as ever.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open { .. })
    }

    /// What it is after a call that failed at `now`.
    #[must_use]
    pub fn failed(self, now: Timestamp) -> Self {
        match self {
            Self::Closed { failures } => {
                let failures = failures.saturating_add(1);
                if failures < MOST_FAILURES {
                    Self::Closed { failures }
                } else {
                    Self::opened(now, 0)
                }
            }
            // A call that began before it was opened says nothing new.
            Self::Open { .. } => self,
            Self::Trial { times, .. } => Self::opened(now, times),
        }
    }

    fn opened(now: Timestamp, times: u32) -> Self {
        let factor = 2_i32.saturating_pow(times);
        let pause = FIRST_PAUSE.saturating_mul(factor).min(LONGEST_PAUSE);
        Self::Open {
            until: after(now, pause),
            times: times.saturating_add(1),
        }
    }
}

fn after(now: Timestamp, pause: SignedDuration) -> Timestamp {
    now.checked_add(pause).unwrap_or(Timestamp::MAX)
}
