//! The time, passed in.

use std::{fmt, sync::Arc, time::Duration};

use jiff::Timestamp;

/// Tells the time. Handlers take it as an argument so that a test can command it.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's own clock.
    #[must_use]
    pub fn system() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that reads the machine's clock"
        )]
        Self::from_fn(Timestamp::now)
    }

    /// A clock that says what `now` says.
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// The time of a write at `now` on top of what was written at `seen`: clocks differ from machine to
/// machine, and what a person writes over something must come after it.
#[must_use]
pub fn after(seen: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let next = seen.and_then(|seen| seen.checked_add(Duration::from_nanos(1)).ok());
    next.map_or(now, |next| next.max(now))
}

/// `by` after `now`.
#[must_use]
pub fn later(now: Timestamp, by: Duration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}
