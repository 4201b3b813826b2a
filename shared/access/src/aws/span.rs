//! Which receipts are meant.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::ReceiptId;

/// As much time as one question about a partner's receipts may span: 31 days.
pub const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Where the next page of receipts begins. Its text is for us to understand: callers hand back what
/// they were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    before: ReceiptId,
    /// Of a person who is made of very many: of which of them.
    group: u16,
}

/// A text that we gave to nobody as a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cursor is the text that came with the page before")]
pub struct InvalidCursor;

impl Cursor {
    pub(crate) const fn after(last: ReceiptId) -> Self {
        Self {
            before: last,
            group: 0,
        }
    }

    /// The beginning of a group.
    pub(crate) const fn of_group(group: u16) -> Self {
        let before = ReceiptId::new(Uuid::max());
        Self { before, group }
    }

    pub(crate) const fn in_group(self, group: u16) -> Self {
        Self { group, ..self }
    }

    pub(crate) const fn id(self) -> ReceiptId {
        self.before
    }

    pub(crate) const fn group(self) -> u16 {
        self.group
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text);
        let bytes = bytes.map_err(|_| InvalidCursor)?;
        let (id, group) = bytes.split_first_chunk::<16>().ok_or(InvalidCursor)?;
        let group = match group {
            [] => 0,
            [high, low] => u16::from_be_bytes([*high, *low]),
            _ => return Err(InvalidCursor),
        };
        let before = ReceiptId::new(Uuid::from_bytes(*id));
        Ok(Self { before, group })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.before.uuid().as_bytes().to_vec();
        if self.group > 0 {
            bytes.extend(self.group.to_be_bytes());
        }
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// From one moment to another, the first included and the second not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    from: Timestamp,
    to: Timestamp,
}

/// Two moments that make no span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// It ends before it begins, or at once.
    #[error("a span ends after it begins")]
    Backwards,
    /// It is longer than can be read.
    #[error("a span has 31 days at most")]
    TooLong,
}

impl Span {
    /// The time from `from` up to `to`.
    pub fn new(from: Timestamp, to: Timestamp) -> Result<Self, SpanError> {
        if from >= to {
            Err(SpanError::Backwards)
        } else if to.duration_since(from) > LONGEST_SPAN {
            Err(SpanError::TooLong)
        } else {
            Ok(Self { from, to })
        }
    }

    /// The time from `from` up to `to`, however long.
    pub(crate) const fn whole(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to }
    }

    /// The least and the greatest id that a receipt of the span can have, if it comes before
    /// `cursor` in a list of the newest first; `None` if there can't be any.
    pub(crate) fn ids(self, cursor: Option<Cursor>) -> Option<(ReceiptId, ReceiptId)> {
        let first = ReceiptId::first_of(self.from);
        let end = ReceiptId::first_of(self.to);
        let end = cursor.map_or(end, |cursor| end.min(cursor.id()));
        let last = end.uuid().as_u128().checked_sub(1)?;
        let last = ReceiptId::new(Uuid::from_u128(last));
        (first <= last).then_some((first, last))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_reads_back_from_its_text(bits in any::<u128>()) {
            let cursor = Cursor::after(ReceiptId::new(Uuid::from_u128(bits)));
            prop_assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
        }
    }

    #[test]
    fn a_span_ends_after_it_begins_and_within_31_days() {
        let at = |hours: i64| Timestamp::from_second(1_768_467_600 + hours * 3600).unwrap();
        assert_eq!(Span::new(at(0), at(0)), Err(SpanError::Backwards));
        assert!(Span::new(at(0), at(31 * 24)).is_ok());
        assert_eq!(Span::new(at(0), at(31 * 24 + 1)), Err(SpanError::TooLong));
        for text in ["", "!", "AAAA"] {
            assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text}");
        }
    }
}
