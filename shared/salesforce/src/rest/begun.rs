//! When a reading began, by the clock of who was asked.

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};

/// So that what is committed while it becomes visible counts as later than the reading.
const MARGIN: SignedDuration = SignedDuration::from_secs(1);

/// When a reading began, at the latest: the answer says when it was made, in whole seconds, and the reading
/// took no longer than its caller waited.
pub(super) fn at_the_latest(date: &str, waited: SignedDuration) -> Option<Timestamp> {
    let answered = rfc2822::parse(date).ok()?.timestamp();
    let waited = waited.max(SignedDuration::ZERO);
    let begun = answered.checked_sub(waited).ok()?;
    begun.checked_sub(MARGIN).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "Thu, 15 Jan 2026 09:00:07 GMT";

    #[test]
    fn it_began_no_later_than_its_caller_had_to_wait() {
        let begun = at_the_latest(DATE, SignedDuration::from_millis(2_500)).unwrap();
        assert_eq!(begun.to_string(), "2026-01-15T09:00:03.5Z");
    }

    #[test]
    fn a_clock_that_went_back_makes_it_no_later() {
        let begun = at_the_latest(DATE, SignedDuration::from_secs(-60)).unwrap();
        assert_eq!(begun.to_string(), "2026-01-15T09:00:06Z");
    }

    #[test]
    fn without_a_date_it_is_not_known() {
        for date in ["", "yesterday", "2026-01-15T09:00:07Z"] {
            assert_eq!(at_the_latest(date, SignedDuration::ZERO), None, "{date}");
        }
    }
}
