//! How much a partner may ask for in a minute.
//!
//! A minute is one of the clock's. A process takes a share of it out of the ledger and serves from
//! that share without asking again; the shares of all processes together are never more than the
//! limit. They are small at first and double, so that many idle processes hold little, and a busy
//! one asks seldom.

use jiff::Timestamp;
use lambda_kit::{http::Response, problem::Problem};
use serde::{Deserialize, Serialize};

/// How many requests a partner may make in a minute; a batch of people counts as many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct RateLimit(u32);

/// A number that is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a limit is 100 to 1,000,000 requests in a minute")]
pub struct InvalidRateLimit;

impl RateLimit {
    /// What a partner has whose row says nothing: fifty a second.
    pub const DEFAULT: Self = Self(3_000);

    /// In a minute.
    #[must_use]
    pub const fn per_minute(self) -> u32 {
        self.0
    }

    /// The first share of a process in a minute.
    pub(crate) const fn first_share(self) -> u32 {
        self.0.div_ceil(64)
    }

    /// The share after one of `share`.
    pub(crate) fn next_share(self, share: u32) -> u32 {
        share.saturating_mul(2).min(self.0.div_ceil(8))
    }
}

impl TryFrom<u32> for RateLimit {
    type Error = InvalidRateLimit;

    /// From the largest batch on, so that no batch is too large for a minute.
    fn try_from(per_minute: u32) -> Result<Self, InvalidRateLimit> {
        if (100..=1_000_000).contains(&per_minute) {
            Ok(Self(per_minute))
        } else {
            Err(InvalidRateLimit)
        }
    }
}

impl From<RateLimit> for u32 {
    fn from(limit: RateLimit) -> Self {
        limit.0
    }
}

/// A minute of the clock, in minutes since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Minute(i64);

impl Minute {
    pub(crate) fn of(at: Timestamp) -> Self {
        Self(at.as_second().div_euclid(60))
    }

    pub(crate) const fn number(self) -> i64 {
        self.0
    }

    /// When it ends, in seconds since 1970.
    pub(crate) const fn end(self) -> i64 {
        (self.0 + 1) * 60
    }
}

/// What one process knows of a partner's minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) minute: Minute,
    pub(crate) limit: RateLimit,
    /// What is left of the process's shares.
    left: u32,
    /// The last share; 0 before the first.
    last: u32,
    /// What all processes had taken when this one took its last share.
    taken: u32,
}

/// Whether `n` requests may be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Served {
    /// Out of the share.
    Yes,
    /// Not in this minute: too much is taken already.
    No,
    /// If another share of at least so many can be had.
    WithAnother(u32),
}

impl Share {
    pub(crate) const fn new(minute: Minute, limit: RateLimit) -> Self {
        Self {
            minute,
            limit,
            left: 0,
            last: 0,
            taken: 0,
        }
    }

    /// Takes `n` requests out of the share, if they are there.
    pub(crate) fn serve(&mut self, n: u32) -> Served {
        if let Some(left) = self.left.checked_sub(n) {
            self.left = left;
            Served::Yes
        } else if self.taken.saturating_add(n) > self.limit.per_minute() {
            Served::No
        } else {
            let next = match self.last {
                0 => self.limit.first_share(),
                last => self.limit.next_share(last),
            };
            Served::WithAnother(next.max(n))
        }
    }

    /// Adds a share of `size`, of which `n` requests are served at once; all processes together
    /// have taken `taken` by now.
    pub(crate) fn add(&mut self, size: u32, n: u32, taken: u32) {
        self.left = self.left.saturating_add(size.saturating_sub(n));
        self.last = size;
        self.seen(taken);
    }

    /// All processes together have taken `taken`.
    pub(crate) fn seen(&mut self, taken: u32) {
        self.taken = self.taken.max(taken);
    }

    /// How many requests more this process knows to be left in the minute.
    fn remaining(&self) -> u32 {
        let not_taken = self.limit.per_minute().saturating_sub(self.taken);
        not_taken.saturating_add(self.left)
    }

    /// What the caller is told beside the answer.
    pub(crate) fn told(&self, now: Timestamp) -> Quota {
        let seconds = (self.minute.end() - now.as_second()).clamp(1, 60);
        Quota {
            limit: self.limit,
            remaining: self.remaining(),
            seconds: u32::try_from(seconds).unwrap_or(60),
        }
    }
}

/// A partner's limit, and where it stands (draft-ietf-httpapi-ratelimit-headers).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    limit: RateLimit,
    remaining: u32,
    /// Until the minute ends.
    seconds: u32,
}

impl Quota {
    /// `response` with what is said of the limit.
    pub(crate) fn tell(self, response: Response) -> Response {
        let Self {
            limit,
            remaining,
            seconds,
        } = self;
        let policy = format!("\"partner\";q={};w=60", limit.per_minute());
        response.header("ratelimit-policy", policy).header(
            "ratelimit",
            format!("\"partner\";r={remaining};t={seconds}"),
        )
    }

    /// Why the request is not answered now.
    pub(crate) fn exceeded(self) -> Problem {
        Problem::new(429, "rate-limited", "The partner's limit is reached")
            .detail(
                "Ask again after the seconds of Retry-After. A batch counts each of its people.",
            )
            .retry_after(self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn share(limit: u32) -> Share {
        Share::new(Minute(0), limit.try_into().unwrap())
    }

    proptest! {
        /// A model of the ledger: what all processes may take of one minute.
        #[test]
        fn many_processes_never_serve_more_than_the_limit(
            limit in 100..2_000_u32,
            asks in proptest::collection::vec((0..8_usize, 1..=100_u32), 1..200),
        ) {
            let mut shares = [share(limit); 8];
            let (mut taken, mut served) = (0, 0);
            for (process, n) in asks {
                let share = &mut shares[process];
                match share.serve(n) {
                    Served::Yes => served += n,
                    Served::No => {}
                    Served::WithAnother(size) => {
                        let size = size.min(limit - taken);
                        if size >= n {
                            taken += size;
                            share.add(size, n, taken);
                            served += n;
                        } else {
                            share.seen(taken);
                        }
                    }
                }
            }
            prop_assert!(served <= taken && taken <= limit);
        }

        #[test]
        fn a_single_process_can_use_all_of_its_minute(limit in 100..5_000_u32) {
            let mut share = share(limit);
            let (mut taken, mut calls) = (0, 0);
            for _ in 0..limit {
                if let Served::WithAnother(size) = share.serve(1) {
                    let size = size.min(limit - taken);
                    prop_assert!(size >= 1);
                    taken += size;
                    calls += 1;
                    share.add(size, 1, taken);
                }
            }
            prop_assert_eq!(share.serve(1), Served::No);
            prop_assert!(calls <= 12, "{} calls", calls);
        }
    }

    #[test]
    fn a_limit_lets_the_largest_batch_through() {
        assert_eq!(RateLimit::try_from(99), Err(InvalidRateLimit));
        assert_eq!(RateLimit::try_from(1_000_001), Err(InvalidRateLimit));
        assert_eq!(RateLimit::try_from(100).unwrap().per_minute(), 100);
        assert!(RateLimit::try_from(RateLimit::DEFAULT.per_minute()).is_ok());
    }

    #[test]
    fn idle_processes_hold_little() {
        assert_eq!(RateLimit::DEFAULT.first_share(), 47);
        assert_eq!(RateLimit::DEFAULT.next_share(47), 94);
        assert_eq!(RateLimit::DEFAULT.next_share(300), 375);
    }
}
