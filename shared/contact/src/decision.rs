//! What comes of a contact.

use std::collections::BTreeSet;

use identity::PhoneNumber;
use jiff::{Timestamp, ToSpan, Zoned};
use lambda_kit::planted;

use crate::{
    Announcement, Configuration, Holiday, Line, OpeningHours, Question, Routing, Zone,
    announcement, on_call, routing,
};

/// For how many days it is looked when a queue opens next.
const HORIZON: i64 = 31;

/// Whether a queue is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is.
    Open,
    /// It is not, at that time of the week.
    Closed,
    /// It is not, since it is a holiday.
    Holiday,
}

impl State {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Holiday => "holiday",
        }
    }
}

/// What comes of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<'a> {
    /// Whether its queue is open. One for which no hours were configured is, unless it is a holiday.
    pub state: State,
    /// Whether any hours were configured for it.
    pub has_hours: bool,
    /// Which holiday it is.
    pub holiday: Option<&'a Holiday>,
    /// When it opens next, where the contact is if that is known, and else where the queue is; `None` if it
    /// is open, or does not open within a month.
    pub opens: Option<Zoned>,
    /// What is said.
    pub announcement: Option<&'a Announcement>,
    /// Where it goes.
    pub routing: Option<&'a Routing>,
    /// Who is called first.
    pub first_line: Vec<&'a PhoneNumber>,
    /// Who is called when nobody answers there.
    pub second_line: Vec<&'a PhoneNumber>,
}

/// What comes of the contact that `question` asks about. Pure: the same question gets the same answer.
#[must_use]
pub fn decide<'a>(configuration: &'a Configuration, question: &Question) -> Decision<'a> {
    let timetable = Timetable::of(configuration, question);
    let holiday = timetable.holiday(question.at);
    let state = timetable.state(question.at);
    let opens = match state {
        State::Open => None,
        State::Closed | State::Holiday => timetable.opens_after(question.at),
    };
    let zone = question
        .zone
        .clone()
        .unwrap_or_else(|| timetable.zone.clone());
    let Configuration {
        announcements,
        routings,
        ..
    } = configuration;
    let shifts = configuration.shifts();
    Decision {
        state,
        has_hours: !timetable.hours.is_empty(),
        holiday,
        opens: opens.map(|at| at.to_zoned(zone.as_jiff().clone())),
        announcement: announcement::choose(announcements, question, state),
        routing: routing::choose(routings, question, state),
        first_line: on_call::of_line(shifts, question, Line::First),
        second_line: on_call::of_line(shifts, question, Line::Second),
    }
}

/// The hours and holidays of one contact's queue.
struct Timetable<'a> {
    hours: Vec<&'a OpeningHours>,
    holidays: Vec<&'a Holiday>,
    /// Where days begin, if a holiday does not say so itself.
    zone: Zone,
}

impl<'a> Timetable<'a> {
    fn of(configuration: &'a Configuration, question: &Question) -> Self {
        let hours = configuration.hours.iter();
        let hours: Vec<_> = hours.filter(|each| each.scope.is_for(question)).collect();
        let holidays = configuration.holidays.iter();
        let holidays = holidays
            .filter(|each| each.scope.is_for(question))
            .collect();
        let foremost = hours.iter().max_by_key(|each| rank(each));
        let of_hours = foremost.map_or(Zone::UTC, |each| each.zone().clone());
        Self {
            zone: question.zone.clone().unwrap_or(of_hours),
            hours,
            holidays,
        }
    }

    /// The holiday that it is; of several the one that names whom it is for most closely.
    fn holiday(&self, at: Timestamp) -> Option<&'a Holiday> {
        let on = self
            .holidays
            .iter()
            .filter(|each| each.is_on(at, &self.zone));
        on.max_by_key(|each| each.rank()).copied()
    }

    fn state(&self, at: Timestamp) -> State {
        if self.holiday(at).is_some() && !planted::is_on("contact-open-on-holidays") {
            State::Holiday
        } else if self.hours.is_empty() || self.are_open(at) {
            State::Open
        } else {
            State::Closed
        }
    }

    /// Whether it is open by the hours: by those that count most of those that say anything of that moment.
    fn are_open(&self, at: Timestamp) -> bool {
        let governing = self.hours.iter().filter(|each| each.govern(at));
        let governing: Vec<_> = governing.collect();
        let foremost = governing.iter().map(|each| rank(each)).max();
        governing
            .iter()
            .any(|each| Some(rank(each)) == foremost && each.are_open(at))
    }

    /// When it opens after `at`. It opens only when hours begin, or a holiday or other hours end.
    fn opens_after(&self, at: Timestamp) -> Option<Timestamp> {
        let today = self.zone.date(at);
        let mut changes = BTreeSet::new();
        // From two days ago, since days are others elsewhere, and what began yesterday may end today.
        for days in -2..=HORIZON {
            let Ok(date) = today.checked_add(days.days()) else {
                continue;
            };
            changes.extend(self.hours.iter().flat_map(|each| each.changes(date)));
            changes.extend(
                self.holidays
                    .iter()
                    .filter_map(|each| each.ends(date, &self.zone)),
            );
        }
        let mut later = changes.into_iter().filter(|change| *change > at);
        later.find(|change| self.state(*change) == State::Open)
    }
}

fn rank(hours: &OpeningHours) -> crate::scope::Rank {
    hours.scope.rank(hours.priority.unwrap_or_default())
}

#[cfg(test)]
mod tests;
