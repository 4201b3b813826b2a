//! Times as they stand on a wall.

use std::str::FromStr;

use jiff::civil::Time;
use serde::Deserialize;

const DAY: u32 = 24 * 60;

/// A time of day in whole minutes, `08:30`, and the day's end as `24:00`.
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
        let part = |minutes: u32| i8::try_from(minutes).ok();
        Time::new(part(self.0 / 60)?, part(self.0 % 60)?, 0, 0).ok()
    }
}

impl FromStr for TimeOfDay {
    type Err = InvalidTimeOfDay;

    fn from_str(text: &str) -> Result<Self, InvalidTimeOfDay> {
        if text == "24:00" {
            return Ok(Self::END);
        }
        let is_a_clocks = text.len() == 5 && text.get(2..3) == Some(":");
        let time: Option<Time> = Some(text)
            .filter(|_| is_a_clocks)
            .and_then(|text| text.parse().ok());
        let time = time.ok_or(InvalidTimeOfDay)?;
        let part = |part: i8| u32::try_from(part).unwrap_or_default();
        Ok(Self(part(time.hour()) * 60 + part(time.minute())))
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
    #[case("08:30", 510)]
    #[case("00:00", 0)]
    #[case("24:00", 1_440)]
    fn a_time_is_the_minutes_of_its_day(#[case] text: &str, #[case] minutes: u32) {
        assert_eq!(text.parse(), Ok(TimeOfDay(minutes)));
    }

    #[rstest]
    #[case("")]
    #[case("8")]
    #[case("8:30")]
    #[case("24:01")]
    #[case("25:00")]
    #[case("08:60")]
    #[case("0830")]
    #[case("08:30:00")]
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
