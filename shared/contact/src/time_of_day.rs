//! Times as they stand on a wall.

use std::str::FromStr;

use jiff::civil::Time;
use serde::Deserialize;

const DAY: u32 = 24 * 60 * 60;

/// A time of day in whole seconds, `08:30`, and the day's end as `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct TimeOfDay(u32);

/// A text that is no time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time of day is written as 08:30, or 24:00 for the end of the day")]
pub struct InvalidTimeOfDay;

impl TimeOfDay {
    /// When the day begins.
    pub const MIDNIGHT: Self = Self(0);

    /// When it ends.
    pub const END: Self = Self(DAY);

    /// The time on a clock's face; `None` for the day's end, which is the next day's beginning.
    pub(crate) fn on_the_clock(self) -> Option<Time> {
        let part = |seconds: u32| i8::try_from(seconds).ok();
        let (hour, minute, second) = (self.0 / 3_600, self.0 / 60 % 60, self.0 % 60);
        Time::new(part(hour)?, part(minute)?, part(second)?, 0).ok()
    }
}

impl FromStr for TimeOfDay {
    type Err = InvalidTimeOfDay;

    /// Salesforce writes a time as `08:30:00.000Z`, where the `Z` says nothing.
    fn from_str(text: &str) -> Result<Self, InvalidTimeOfDay> {
        let text = text.trim();
        let text = text.strip_suffix('Z').unwrap_or(text);
        if matches!(text, "24:00" | "24:00:00" | "24:00:00.000") {
            return Ok(Self::END);
        }
        let is_a_clocks = (5..=12).contains(&text.len()) && text.get(2..3) == Some(":");
        let time: Time = Some(text)
            .filter(|_| is_a_clocks)
            .and_then(|text| text.parse().ok())
            .ok_or(InvalidTimeOfDay)?;
        let part = |part: i8| u32::try_from(part).unwrap_or_default();
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        Ok(Self(part(hour) * 3_600 + part(minute) * 60 + part(second)))
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = InvalidTimeOfDay;

    fn try_from(text: String) -> Result<Self, InvalidTimeOfDay> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("08:30", 30_600)]
    #[case("08:30:15", 30_615)]
    #[case("08:30:00.000Z", 30_600)]
    #[case("00:00", 0)]
    #[case("24:00", 86_400)]
    #[case("24:00:00.000Z", 86_400)]
    fn a_time_is_read_in_each_of_its_spellings(#[case] text: &str, #[case] seconds: u32) {
        assert_eq!(text.parse(), Ok(TimeOfDay(seconds)));
    }

    #[rstest]
    #[case("")]
    #[case("8")]
    #[case("8:30")]
    #[case("24:01")]
    #[case("25:00")]
    #[case("08:60")]
    #[case("0830")]
    #[case("2026-01-15T08:30")]
    fn what_is_no_time_is_refused(#[case] text: &str) {
        assert_eq!(text.parse::<TimeOfDay>(), Err(InvalidTimeOfDay));
    }

    proptest! {
        #[test]
        fn a_time_stands_on_the_clock_as_it_was_written(hour in 0_i8..24, minute in 0_i8..60) {
            let time: TimeOfDay = format!("{hour:02}:{minute:02}").parse().unwrap();
            prop_assert_eq!(time.on_the_clock(), Time::new(hour, minute, 0, 0).ok());
        }

        #[test]
        fn whatever_is_written_is_a_time_or_none(text in ".{0,20}") {
            let _ = text.parse::<TimeOfDay>();
        }
    }
}
