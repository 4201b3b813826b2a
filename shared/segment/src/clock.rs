//! When something happened, by a clock that may be wrong.

use cloudevent::time::{FIRST, rfc3339};
use jiff::Timestamp;

/// Reads a time as senders write it: RFC 3339, and without an offset or without a time of day, which
/// are then UTC's and midnight.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let iso = text.replacen(' ', "T", 1);
    let forms = [format!("{iso}Z"), format!("{iso}T00:00:00Z"), iso];
    forms.iter().find_map(|form| rfc3339(form))
}

/// When a message's event happened. The device's clock may be wrong by any amount, but by the same
/// when the event happened and when it was sent: what lies between both is taken from when the
/// message was received.
pub(crate) fn corrected(
    happened: Option<Timestamp>,
    sent: Option<Timestamp>,
    received: Timestamp,
) -> Timestamp {
    match (happened, sent) {
        (Some(happened), Some(sent)) => {
            let ago = sent.duration_since(happened);
            let corrected = received.checked_sub(ago).ok();
            corrected.filter(|time| *time >= FIRST).unwrap_or(happened)
        }
        (Some(happened), None) => happened,
        (None, _) => received,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[rstest]
    #[case("2012-12-02T00:30:08.276Z", "2012-12-02T00:30:08.276Z")]
    #[case("2012-12-02T02:30:08.276123+02:00", "2012-12-02T00:30:08.276123Z")]
    #[case("2012-12-02T00:30:08", "2012-12-02T00:30:08Z")]
    #[case("2012-12-02 00:30:08", "2012-12-02T00:30:08Z")]
    #[case("2012-12-02", "2012-12-02T00:00:00Z")]
    fn times_are_read_as_senders_write_them(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(read(text), Some(at(expected)));
    }

    #[rstest]
    #[case("")]
    #[case("now")]
    #[case("1354408208276")]
    #[case("2012-12-02T")]
    fn what_is_no_time_is_not_read(#[case] text: &str) {
        assert_eq!(read(text), None);
    }

    #[test]
    fn a_clock_that_is_off_by_a_day_makes_no_difference() {
        let received = at("2026-05-01T12:00:10Z");
        let (happened, sent) = (at("2026-05-02T12:00:00Z"), at("2026-05-02T12:00:05Z"));
        let corrected = corrected(Some(happened), Some(sent), received);
        assert_eq!(corrected, at("2026-05-01T12:00:05Z"));
    }

    #[test]
    fn what_can_not_be_corrected_is_taken_as_it_is() {
        let received = at("2026-05-01T12:00:10Z");
        let happened = at("2026-05-01T11:00:00Z");
        assert_eq!(corrected(Some(happened), None, received), happened);
        assert_eq!(corrected(None, Some(happened), received), received);
        let outermost = (Some(Timestamp::MIN), Some(Timestamp::MAX));
        let corrected = corrected(outermost.0, outermost.1, received);
        assert_eq!(corrected, Timestamp::MIN);
    }
}
