//! Days, or parts of days, on which queues are closed.

use jiff::{Timestamp, ToSpan, civil::Date};
use serde::Deserialize;

use crate::{
    Priority, Scope, TimeOfDay, Zone,
    scope::Rank,
    zone::{Twice, Window},
};

/// A holiday: whole days, or the same part of each of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Holiday {
    /// What it is called.
    pub name: String,
    from: Date,
    #[serde(default)]
    until: Option<Date>,
    #[serde(default)]
    starts: Option<TimeOfDay>,
    #[serde(default)]
    ends: Option<TimeOfDay>,
    #[serde(default)]
    every_year: bool,
    #[serde(default)]
    time_zone: Option<Zone>,
    #[serde(flatten)]
    pub(crate) scope: Scope,
}

impl Holiday {
    /// How closely it names whom it is for.
    pub(crate) fn rank(&self) -> Rank {
        self.scope.rank(Priority::default())
    }

    /// Whether it is then, where days begin as in `zone` unless the holiday says where.
    pub(crate) fn is_on(&self, at: Timestamp, zone: &Zone) -> bool {
        let zone = self.time_zone.as_ref().unwrap_or(zone);
        let today = zone.date(at);
        let Some((starts, ends)) = self.part() else {
            return self.is_day(today);
        };
        // A part that begins before midnight may end after it.
        let days = [Some(today), today.yesterday().ok()].into_iter().flatten();
        let mut windows = days.filter_map(|day| self.window(day, starts, ends, zone));
        windows.any(|window| window.contains(at))
    }

    /// At which instants of `date` it may end.
    pub(crate) fn ends(&self, date: Date, zone: &Zone) -> Option<Timestamp> {
        let zone = self.time_zone.as_ref().unwrap_or(zone);
        match self.part() {
            Some((starts, ends)) => {
                let window = self.window(date, starts, ends, zone)?;
                Some(window.end)
            }
            None if self.is_day(date) => zone.instant(date, TimeOfDay::END, Twice::First),
            None => None,
        }
    }

    /// Which part of its days, if it is not all of them.
    fn part(&self) -> Option<(TimeOfDay, TimeOfDay)> {
        match (self.starts, self.ends) {
            (None, None) => None,
            (starts, ends) => Some((
                starts.unwrap_or(TimeOfDay::MIDNIGHT),
                ends.unwrap_or(TimeOfDay::END),
            )),
        }
    }

    fn window(
        &self,
        date: Date,
        starts: TimeOfDay,
        ends: TimeOfDay,
        zone: &Zone,
    ) -> Option<Window> {
        let window = self.is_day(date).then(|| zone.window(date, starts, ends));
        window.flatten()
    }

    /// Whether `date` is one of its days. Of one that comes every year the first day keeps its date and
    /// the others follow; in years without a 29th of February that is the 28th.
    fn is_day(&self, date: Date) -> bool {
        let until = self.until.unwrap_or(self.from).max(self.from);
        if !self.every_year {
            return self.from <= date && date <= until;
        }
        // What began last year may go on.
        [0, 1].into_iter().any(|years_ago| {
            let years = i64::from(date.year()) - years_ago - i64::from(self.from.year());
            let first = self.from.checked_add(years.years()).ok();
            let length = self.from.until(until).ok();
            let first = first.filter(|first| *first >= self.from);
            let last = first
                .zip(length)
                .and_then(|(first, length)| first.checked_add(length).ok());
            first
                .zip(last)
                .is_some_and(|(first, last)| first <= date && date <= last)
        })
    }
}

#[cfg(test)]
mod tests;
