//! The time that is looked at, in steps.

use std::{str::FromStr, time::Duration};

use jiff::Timestamp;

/// How long the time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Over {
    /// An hour, in steps of five minutes.
    Hour,
    /// A day, in steps of an hour.
    Day,
}

/// A text that says no such time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("figures are of 1h or of 24h")]
pub struct UnknownTime;

/// A time up to now. It ends with the step that is under way, whose figures are not whole yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    over: Over,
    from: Timestamp,
}

impl Over {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Hour, Self::Day];

    /// Its name in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
        }
    }

    /// How long a step is, in seconds.
    #[must_use]
    pub const fn step_seconds(self) -> u32 {
        match self {
            Self::Hour => 300,
            Self::Day => 3_600,
        }
    }

    /// How many steps there are.
    #[must_use]
    pub const fn steps(self) -> u32 {
        match self {
            Self::Hour => 12,
            Self::Day => 24,
        }
    }
}

impl FromStr for Over {
    type Err = UnknownTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|over| over.as_str() == text).ok_or(UnknownTime)
    }
}

impl Span {
    /// That time up to `now`. Its steps begin at whole ones of the clock, as CloudWatch's do.
    #[must_use]
    pub fn until(now: Timestamp, over: Over) -> Self {
        let step = i64::from(over.step_seconds());
        let under_way = now.as_second().div_euclid(step) * step;
        let first = under_way - step * (i64::from(over.steps()) - 1);
        Self {
            over,
            from: Timestamp::from_second(first).unwrap_or(Timestamp::MIN),
        }
    }

    /// How long it is.
    #[must_use]
    pub const fn over(&self) -> Over {
        self.over
    }

    /// Its first moment.
    #[must_use]
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// The first moment after it.
    #[must_use]
    pub fn to(&self) -> Timestamp {
        let seconds = self.over.step_seconds() * self.over.steps();
        let whole = Duration::from_secs(u64::from(seconds));
        self.from.checked_add(whole).unwrap_or(Timestamp::MAX)
    }

    /// The place of the step that begins at this second.
    pub(crate) fn step_at(&self, second: i64) -> Option<usize> {
        let since = second.checked_sub(self.from.as_second())?;
        let step = usize::try_from(since.div_euclid(i64::from(self.over.step_seconds()))).ok()?;
        (step < self.steps()).then_some(step)
    }

    pub(crate) fn steps(&self) -> usize {
        usize::try_from(self.over.steps()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1h", Ok(Over::Hour))]
    #[case("24h", Ok(Over::Day))]
    #[case("", Err(UnknownTime))]
    #[case("1H", Err(UnknownTime))]
    #[case("25h", Err(UnknownTime))]
    fn a_time_is_an_hour_or_a_day(#[case] text: &str, #[case] over: Result<Over, UnknownTime>) {
        assert_eq!(text.parse(), over);
    }

    #[test]
    fn its_steps_are_whole_ones_of_the_clock_and_the_last_is_under_way() {
        let now: Timestamp = "2026-01-15T09:03:20Z".parse().unwrap();
        let hour = Span::until(now, Over::Hour);
        assert_eq!(hour.from().to_string(), "2026-01-15T08:05:00Z");
        assert_eq!(hour.to().to_string(), "2026-01-15T09:05:00Z");
        let day = Span::until(now, Over::Day);
        assert_eq!(day.from().to_string(), "2026-01-14T10:00:00Z");
        assert_eq!(day.to().to_string(), "2026-01-15T10:00:00Z");
        assert_eq!(hour.step_at(now.as_second()), Some(11));
        assert_eq!(hour.step_at(hour.from().as_second()), Some(0));
        assert_eq!(hour.step_at(hour.from().as_second() - 1), None);
        assert_eq!(hour.step_at(hour.to().as_second()), None);
    }
}
