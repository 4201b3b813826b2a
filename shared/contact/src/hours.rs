//! When queues are open.

use std::collections::BTreeSet;

use jiff::{
    Timestamp,
    civil::{Date, Weekday},
};
use serde::Deserialize;

use crate::{
    Priority, Scope, TimeOfDay, Zone,
    zone::{Twice, Window},
};

/// On which days of the week a queue is open, and from when until when.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OpeningHours {
    /// What operators call it.
    pub name: String,
    days: BTreeSet<Day>,
    opens: TimeOfDay,
    closes: TimeOfDay,
    time_zone: Zone,
    #[serde(default)]
    valid_from: Option<Date>,
    #[serde(default)]
    valid_until: Option<Date>,
    #[serde(default)]
    pub(crate) priority: Option<Priority>,
    #[serde(flatten)]
    pub(crate) scope: Scope,
}

impl OpeningHours {
    /// Where it is that they open.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.time_zone
    }

    /// Whether they say anything of that moment: they are valid on that day, or still open from the day
    /// before.
    pub(crate) fn govern(&self, at: Timestamp) -> bool {
        self.are_valid_on(self.time_zone.date(at)) || self.are_open(at)
    }

    /// Whether they say that it is open then. What opens before midnight may close after it.
    pub(crate) fn are_open(&self, at: Timestamp) -> bool {
        let today = self.time_zone.date(at);
        let yesterday = today.yesterday().ok();
        let windows = [Some(today), yesterday].into_iter().flatten();
        let mut windows = windows.filter_map(|date| self.window(date));
        windows.any(|window| window.contains(at))
    }

    /// At which instants of `date` something may begin by them: they open, or begin or cease to be valid.
    pub(crate) fn changes(&self, date: Date) -> impl Iterator<Item = Timestamp> {
        let opening = self.window(date).map(|window| window.start);
        let before = date.yesterday().ok();
        let is_another_day =
            before.map(|day| self.are_valid_on(day)) != Some(self.are_valid_on(date));
        let begins = is_another_day
            .then(|| {
                self.time_zone
                    .instant(date, TimeOfDay::MIDNIGHT, Twice::First)
            })
            .flatten();
        // Others may count once these have closed that did before.
        let closing = self.window(date).map(|window| window.end);
        [opening, begins, closing].into_iter().flatten()
    }

    fn are_valid_on(&self, date: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= date)
            && self.valid_until.is_none_or(|until| date <= until)
    }

    /// When they are open that open on `date`.
    fn window(&self, date: Date) -> Option<Window> {
        let is_a_day = self.are_valid_on(date) && self.days.contains(&date.weekday().into());
        let window = is_a_day.then(|| self.time_zone.window(date, self.opens, self.closes));
        window.flatten()
    }
}

/// A day of the week as it is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl From<Weekday> for Day {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Mon,
            Weekday::Tuesday => Self::Tue,
            Weekday::Wednesday => Self::Wed,
            Weekday::Thursday => Self::Thu,
            Weekday::Friday => Self::Fri,
            Weekday::Saturday => Self::Sat,
            Weekday::Sunday => Self::Sun,
        }
    }
}

#[cfg(test)]
mod tests;
