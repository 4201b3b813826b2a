//! How much is taken.

use jiff::{SignedDuration, Timestamp};

/// How much is taken of one request, and what of it is not for everyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a body, unpacked.
    pub body: usize,
    /// Bytes of one event, as it was sent.
    pub event: usize,
    /// Events of a batch.
    pub events: usize,
    /// Levels of objects and arrays in one event.
    pub depth: usize,
    /// No event happened later.
    pub latest: Timestamp,
    /// What no `type` and no `source` of a sender begins with.
    pub reserved: &'static [&'static str],
}

/// What is Fairlead's to say: the types and sources of its own events.
const RESERVED: [&str; 2] = ["dev.fairlead", "segment:"];

impl Limits {
    /// The limits for what is received at `now`: senders' clocks may be ahead by a day.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let day = SignedDuration::from_hours(24);
        Self {
            body: 10 * 1024 * 1024,
            event: 1024 * 1024,
            events: 1_000,
            depth: 64,
            latest: now.checked_add(day).unwrap_or(Timestamp::MAX),
            reserved: &RESERVED,
        }
    }

    /// For what was taken before.
    pub(crate) const fn none() -> Self {
        Self {
            body: usize::MAX,
            event: usize::MAX,
            events: 1,
            depth: 127,
            latest: Timestamp::MAX,
            reserved: &[],
        }
    }
}
