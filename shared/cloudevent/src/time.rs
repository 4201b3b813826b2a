//! RFC 3339, as `CloudEvents` writes times.

use jiff::Timestamp;

/// The year 0 in UTC: RFC 3339 writes no earlier time.
pub const FIRST: Timestamp = Timestamp::constant(-62_167_219_200, 0);

/// Reads a time as RFC 3339 has it. What is finer than a nanosecond is left out.
#[must_use]
pub fn rfc3339(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.split_at_checked(10)?;
    let (clock, rest) = rest.split_at_checked(9)?;
    let has_clock = has_shape(clock, "T00:00:00") || has_shape(clock, "t00:00:00");
    if !(has_shape(date, "0000-00-00") && has_clock) {
        return None;
    }
    let digits = rest.strip_prefix('.').map(|fraction| {
        let end = fraction.find(|c: char| !c.is_ascii_digit());
        fraction
            .get(..end.unwrap_or(fraction.len()))
            .unwrap_or_default()
    });
    let offset = match digits {
        Some("") => return None,
        Some(digits) => rest.get(1 + digits.len()..)?,
        None => rest,
    };
    let has_offset =
        matches!(offset, "Z" | "z") || has_shape(offset, "+00:00") || has_shape(offset, "-00:00");
    if !has_offset {
        return None;
    }
    let fraction: String = digits.unwrap_or("0").chars().take(9).collect();
    let time = format!("{date}{clock}.{fraction}{offset}");
    let time: Option<Timestamp> = time.parse().ok();
    time.filter(|time| *time >= FIRST)
}

/// Whether `text` has a digit wherever `shape` has a nought, and otherwise what that has.
fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(byte, shape)| {
            if shape == b'0' {
                byte.is_ascii_digit()
            } else {
                byte == shape
            }
        })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2018-04-05T17:31:00Z", "2018-04-05T17:31:00Z")]
    #[case("2018-04-05t17:31:00z", "2018-04-05T17:31:00Z")]
    #[case("2018-04-05T17:31:00.5+02:00", "2018-04-05T15:31:00.5Z")]
    #[case("2018-04-05T17:31:00.1234567891234Z", "2018-04-05T17:31:00.123456789Z")]
    #[case("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z")]
    #[case("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z")]
    fn a_time_of_rfc_3339_is_read(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(rfc3339(text), Some(expected.parse().unwrap()));
    }

    #[rstest]
    #[case("")]
    #[case("2018-04-05")]
    #[case("2018-04-05 17:31:00Z")]
    #[case("2018-04-05T17:31:00")]
    #[case("2018-04-05T17:31Z")]
    #[case("2018-04-05T17:31:00.Z")]
    #[case("2018-04-05T17:31:00+0200")]
    #[case("2018-04-05T17:31:00Z[UTC]")]
    #[case("20180405T173100Z")]
    #[case("2018-02-30T17:31:00Z")]
    #[case("2018-04-05T25:31:00Z")]
    #[case("+12018-04-05T17:31:00Z")]
    #[case("0000-01-01T00:00:00+00:01")]
    #[case("1523000000")]
    #[case("20é8-04-05T17:31:00Z")]
    fn what_is_none_is_not(#[case] text: &str) {
        assert_eq!(rfc3339(text), None);
    }
}
