//! What was counted.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{Measure, PartId, Span};

/// One measure of one part, step by step. What CloudWatch does not have is not there, which is not nothing:
/// of what nobody used for a while it counts no zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series(Vec<Option<u64>>);

impl Series {
    /// Each step.
    #[must_use]
    pub fn steps(&self) -> &[Option<u64>] {
        &self.0
    }

    /// All steps together, if there is any figure.
    #[must_use]
    pub fn sum(&self) -> Option<u64> {
        let figures = self.0.iter().flatten();
        figures.copied().reduce(u64::saturating_add)
    }

    /// The latest figure that there is.
    #[must_use]
    pub fn latest(&self) -> Option<u64> {
        self.0.iter().rev().flatten().next().copied()
    }
}

/// What was counted of all parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// When it was read.
    pub as_of: Timestamp,
    /// Over which time it is.
    pub span: Span,
    series: BTreeMap<(PartId, Measure), Series>,
}

impl Figures {
    /// None yet.
    pub(crate) fn new(as_of: Timestamp, span: Span) -> Self {
        Self {
            as_of,
            span,
            series: BTreeMap::new(),
        }
    }

    /// The series of a measure of a part, if there is any figure of it.
    #[must_use]
    pub fn of(&self, part: &PartId, measure: Measure) -> Option<&Series> {
        self.series.get(&(part.clone(), measure))
    }

    /// Takes over a figure of the step that begins at `second`. What is of another time is not wanted.
    pub(crate) fn add(&mut self, part: &PartId, measure: Measure, second: i64, value: f64) {
        let Some(step) = self.span.step_at(second) else {
            return;
        };
        let none = || Series(vec![None; self.span.steps()]);
        let series = self
            .series
            .entry((part.clone(), measure))
            .or_insert_with(none);
        if let Some(figure) = series.0.get_mut(step) {
            *figure = Some(whole(value));
        }
    }
}

/// Whatever is counted here is counted in whole numbers, which CloudWatch tells as numbers of another kind.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from a float is the nearest number that there is"
)]
fn whole(value: f64) -> u64 {
    value.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Over;

    #[test]
    fn a_figure_that_is_not_there_is_not_nothing() {
        let now: Timestamp = "2026-01-15T09:03:00Z".parse().unwrap();
        let span = Span::until(now, Over::Hour);
        let part: PartId = "queue/events-in".to_owned().try_into().unwrap();
        let mut figures = Figures::new(now, span);
        assert_eq!(figures.of(&part, Measure::Through), None);
        let first = span.from().as_second();
        figures.add(&part, Measure::Through, first, 2.0);
        figures.add(&part, Measure::Through, first + 600, 3.0);
        figures.add(&part, Measure::Through, first - 300, 100.0);
        let series = figures.of(&part, Measure::Through).unwrap();
        assert_eq!(
            series.steps().get(..4),
            Some([Some(2), None, Some(3), None].as_slice())
        );
        assert_eq!((series.sum(), series.latest()), (Some(5), Some(3)));
        assert_eq!(figures.of(&part, Measure::Waiting), None);
    }

    #[test]
    fn whatever_is_told_is_a_number() {
        for (told, number) in [
            (0.0, 0),
            (2.4, 2),
            (-1.0, 0),
            (f64::NAN, 0),
            (1e300, u64::MAX),
        ] {
            assert_eq!(whole(told), number, "{told}");
        }
    }
}
