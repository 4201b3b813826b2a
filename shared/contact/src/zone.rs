//! Time zones, and at which instant a clock shows a time.

use std::str::FromStr;

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::{AmbiguousOffset, TimeZone},
};
use serde::Deserialize;

use crate::TimeOfDay;

/// A time zone by its name in IANA's database, `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Zone(TimeZone);

/// A name that IANA's database does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such time zone in IANA's database")]
pub struct UnknownZone;

/// Which instant counts when a clock shows a time twice in one night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Twice {
    /// The first: what begins then has begun.
    First,
    /// The second: what ends then goes on until then.
    Second,
}

/// From an instant on, and before another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
}

impl Window {
    pub(crate) fn contains(self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
}

impl Zone {
    /// Universal time, which is nobody's and everybody's.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The zone itself.
    #[must_use]
    pub const fn as_jiff(&self) -> &TimeZone {
        &self.0
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Which day it is there.
    pub(crate) fn date(&self, at: Timestamp) -> Date {
        self.0.to_datetime(at).date()
    }

    /// The instant at which clocks there show `time` on `date`. A time that they leave out, since they
    /// are put forward, is when they are; of one that they show twice, since they are put back, `twice`
    /// says which. `None` beyond the years that there are.
    pub(crate) fn instant(&self, date: Date, time: TimeOfDay, twice: Twice) -> Option<Timestamp> {
        let shown = match time.on_the_clock() {
            Some(time) => date.to_datetime(time),
            None => date.tomorrow().ok()?.to_datetime(Time::midnight()),
        };
        let ambiguous = self.0.to_ambiguous_timestamp(shown);
        match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => ambiguous.compatible().ok(),
            AmbiguousOffset::Gap { .. } => {
                let before = ambiguous.earlier().ok()?;
                let forward = self.0.following(before).next()?;
                Some(forward.timestamp())
            }
            AmbiguousOffset::Fold { .. } if twice == Twice::First => ambiguous.earlier().ok(),
            AmbiguousOffset::Fold { .. } => ambiguous.later().ok(),
        }
    }

    /// From when clocks there show `from` on `date` until they show `to`: on the same day, or on the next
    /// one if that is not later. Equal times are the whole round of the clock.
    pub(crate) fn window(&self, date: Date, from: TimeOfDay, to: TimeOfDay) -> Option<Window> {
        let last = if to > from {
            date
        } else {
            date.tomorrow().ok()?
        };
        Some(Window {
            start: self.instant(date, from, Twice::First)?,
            end: self.instant(last, to, Twice::Second)?,
        })
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        let zone = TimeZone::get(name.trim()).map_err(|_| UnknownZone)?;
        // Whatever has no name is an offset, which knows no summer.
        let has_name = zone.iana_name().is_some();
        has_name.then_some(Self(zone)).ok_or(UnknownZone)
    }
}

impl TryFrom<String> for Zone {
    type Error = UnknownZone;

    fn try_from(name: String) -> Result<Self, UnknownZone> {
        name.parse()
    }
}

#[cfg(test)]
mod tests;
