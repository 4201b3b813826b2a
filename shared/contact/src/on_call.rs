//! Who is on call.

use std::collections::BTreeSet;

use identity::PhoneNumber;
use jiff::Timestamp;
use serde::Deserialize;

use crate::{Question, Scope};

/// The first whom a call reaches, or who comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "u8")]
pub enum Line {
    /// Who is called first.
    First,
    /// Who is called when nobody answers there.
    Second,
}

/// A number that no line has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a line is 1 or 2")]
pub struct UnknownLine;

/// That somebody is on call for a while.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Shift {
    from: Timestamp,
    until: Timestamp,
    line: Line,
    phone: PhoneNumber,
    #[serde(flatten)]
    scope: Scope,
}

impl Shift {
    /// Whether it is on at `at`. The moment of a change is the next one's.
    fn is_on(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// The numbers of whoever is on call at `at`, whatever for.
#[must_use]
pub fn on_shift(shifts: &[Shift], at: Timestamp) -> BTreeSet<PhoneNumber> {
    let on = shifts.iter().filter(|shift| shift.is_on(at));
    on.map(|shift| shift.phone.clone()).collect()
}

/// The numbers of one line for the contact, those in front who are there for its queue alone.
pub(crate) fn of_line<'a>(
    shifts: &'a [Shift],
    question: &Question,
    line: Line,
) -> Vec<&'a PhoneNumber> {
    let on = shifts.iter().filter(|shift| {
        shift.line == line && shift.is_on(question.at) && shift.scope.is_for(question)
    });
    let mut on: Vec<&Shift> = on.collect();
    on.sort_by_key(|shift| (shift.scope.queues.is_empty(), shift.from, &shift.phone));
    let mut phones: Vec<&PhoneNumber> = Vec::with_capacity(on.len());
    for shift in on {
        if !phones.contains(&&shift.phone) {
            phones.push(&shift.phone);
        }
    }
    phones
}

impl TryFrom<u8> for Line {
    type Error = UnknownLine;

    fn try_from(number: u8) -> Result<Self, UnknownLine> {
        match number {
            1 => Ok(Self::First),
            2 => Ok(Self::Second),
            _ => Err(UnknownLine),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shift(from: &str, until: &str, line: u8, phone: &str) -> Shift {
        let shift = json!({ "name": "A night", "from": from, "until": until, "line": line, "phone": phone });
        serde_json::from_value(shift).unwrap()
    }

    fn numbers<'a>(phones: impl IntoIterator<Item = &'a PhoneNumber>) -> Vec<String> {
        let phones = phones.into_iter();
        phones.map(|phone| phone.as_str().to_owned()).collect()
    }

    #[test]
    fn the_moment_of_a_change_is_the_next_ones() {
        let shifts = [
            shift(
                "2026-01-15T08:00:00Z",
                "2026-01-15T16:00:00Z",
                1,
                "+4930901820",
            ),
            shift(
                "2026-01-15T16:00:00Z",
                "2026-01-16T00:00:00Z",
                1,
                "+4930901821",
            ),
        ];
        let on = |at: &str| numbers(&on_shift(&shifts, at.parse().unwrap()));
        assert_eq!(on("2026-01-15T07:59:59Z"), [""; 0]);
        assert_eq!(on("2026-01-15T15:59:59Z"), ["+4930901820"]);
        assert_eq!(on("2026-01-15T16:00:00Z"), ["+4930901821"]);
    }

    #[test]
    fn whoever_is_on_call_twice_is_named_once() {
        let twice = [1, 2].map(|line| {
            shift(
                "2026-01-15T08:00:00Z",
                "2026-01-15T16:00:00Z",
                line,
                "+4930901820",
            )
        });
        let at = "2026-01-15T09:00:00Z".parse().unwrap();
        assert_eq!(numbers(&on_shift(&twice, at)), ["+4930901820"]);
    }

    #[test]
    fn a_shift_for_the_queue_comes_before_one_for_all() {
        let general = shift(
            "2026-01-15T08:00:00Z",
            "2026-01-15T16:00:00Z",
            1,
            "+4930901820",
        );
        let own = json!({
            "from": "2026-01-15T09:00:00Z", "until": "2026-01-15T16:00:00Z", "line": 1,
            "phone": "+4930901821", "queues": ["Returns"],
        });
        let shifts = [general, serde_json::from_value(own).unwrap()];
        let mut question = Question::at("2026-01-15T10:00:00Z".parse().unwrap());
        assert_eq!(
            numbers(of_line(&shifts, &question, Line::First)),
            ["+4930901820"]
        );
        question.queues.push("returns".to_owned());
        let both = ["+4930901821", "+4930901820"];
        assert_eq!(numbers(of_line(&shifts, &question, Line::First)), both);
        assert_eq!(numbers(of_line(&shifts, &question, Line::Second)), [""; 0]);
    }

    #[test]
    fn there_is_no_third_line_and_no_number_is_printed() {
        let third = json!({
            "from": "2026-01-15T09:00:00Z", "until": "2026-01-15T16:00:00Z", "line": 3, "phone": "+4930901821",
        });
        assert!(serde_json::from_value::<Shift>(third).is_err());
        let one = shift(
            "2026-01-15T08:00:00Z",
            "2026-01-15T16:00:00Z",
            1,
            "+4930901820",
        );
        assert!(!format!("{one:?}").contains("901820"));
    }
}
