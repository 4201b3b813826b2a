//! Where a summary of several partners goes on.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use tenancy::PartnerId;

use super::{Cursor, InvalidCursor};

/// Where the next page of a summary begins. Its text is for us to understand: callers hand back what
/// they were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryCursor {
    /// The first moment that is not counted: what is read while pages are turned does not count for
    /// those partners alone that come last.
    pub to: Timestamp,
    /// Whose receipts come first.
    pub partner: PartnerId,
    /// From where on into the past.
    pub place: Cursor,
}

impl FromStr for SummaryCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let mut parts = text.splitn(3, '.');
        let mut part = || parts.next().ok_or(InvalidCursor);
        let millis = part()?.parse::<i64>().map_err(|_| InvalidCursor)?;
        Ok(Self {
            to: Timestamp::from_millisecond(millis).map_err(|_| InvalidCursor)?,
            partner: part()?.parse().map_err(|_| InvalidCursor)?,
            place: part()?.parse()?,
        })
    }
}

impl fmt::Display for SummaryCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.to.as_millisecond();
        write!(f, "{millis}.{}.{}", self.partner, self.place)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::ReceiptId;

    proptest! {
        #[test]
        fn a_cursor_reads_back_from_its_text(millis in 0_i64..4_000_000_000_000, bits in any::<u128>()) {
            let cursor = SummaryCursor {
                to: Timestamp::from_millisecond(millis).unwrap(),
                partner: "ferry-line".parse().unwrap(),
                place: Cursor::after(ReceiptId::new(Uuid::from_u128(bits))),
            };
            prop_assert_eq!(cursor.to_string().parse::<SummaryCursor>(), Ok(cursor));
        }
    }

    #[test]
    fn a_text_that_nobody_was_given_is_no_cursor() {
        let place = "AZjyoMHSfj-KS1xtfo-QEg";
        for text in [
            String::new(),
            place.to_owned(),
            format!("now.chandlery.{place}"),
            format!("1768467600123.The Chandlery.{place}"),
            "1768467600123.chandlery.x".to_owned(),
            format!("1768467600123.chandlery.{place}.x"),
        ] {
            assert_eq!(text.parse::<SummaryCursor>(), Err(InvalidCursor), "{text}");
        }
    }
}
