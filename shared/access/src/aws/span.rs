//! Which receipts are meant.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{ReceiptId, receipt::KEPT};

/// By how much the clock that dated a receipt may be ahead of that of whoever looks for it.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

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

    /// Whatever was made before the millisecond that `at` is in.
    pub(crate) fn at(at: Timestamp) -> Self {
        Self::after(ReceiptId::first_of(at))
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
#[error("a span ends after it begins")]
pub struct BackwardsSpan;

impl Span {
    /// The time from `from` up to `to`.
    pub fn new(from: Timestamp, to: Timestamp) -> Result<Self, BackwardsSpan> {
        if from < to {
            Ok(Self { from, to })
        } else {
            Err(BackwardsSpan)
        }
    }

    /// As much of it as there can be receipts of at `now`: they are kept for twelve months. That may
    /// be nothing.
    #[must_use]
    pub fn kept_at(self, now: Timestamp) -> Self {
        let oldest = now.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
        let newest = now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
        Self {
            from: self.from.max(oldest),
            to: self.to.min(newest),
        }
    }

    /// As much of it as there is before `to`; that may be nothing.
    #[must_use]
    pub fn until(self, to: Timestamp) -> Self {
        Self {
            to: self.to.min(to),
            ..self
        }
    }

    /// The first moment that is not part of it.
    #[must_use]
    pub const fn to(self) -> Timestamp {
        self.to
    }

    /// Where a walk through it into the past begins.
    pub(crate) fn newest(self) -> Cursor {
        Cursor::at(self.to)
    }

    /// Where such a walk has come to its end.
    #[must_use]
    pub fn oldest(self) -> Cursor {
        Cursor::at(self.from)
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

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_768_467_600 + hours * 3600).unwrap()
    }

    #[test]
    fn a_span_ends_after_it_begins_however_long_it_is() {
        assert_eq!(Span::new(at(0), at(0)), Err(BackwardsSpan));
        assert_eq!(Span::new(at(1), at(0)), Err(BackwardsSpan));
        assert!(Span::new(Timestamp::MIN, at(0)).is_ok());
    }

    #[test]
    fn of_a_span_only_that_is_looked_at_of_which_receipts_can_be_there() {
        let ever = Span::new(Timestamp::MIN, Timestamp::MAX).unwrap();
        let kept = Span::new(at(-365 * 24), at(24)).unwrap();
        assert_eq!(ever.kept_at(at(0)), kept);
        let within = Span::new(at(-1), at(1)).unwrap();
        assert_eq!(within.kept_at(at(0)), within);
        let long_ago = Span::new(at(-400 * 24), at(-380 * 24)).unwrap();
        assert_eq!(long_ago.kept_at(at(0)).ids(None), None);
        assert_eq!(within.until(at(0)), Span::new(at(-1), at(0)).unwrap());
        assert_eq!(within.ids(Some(within.oldest())), None);
    }

    #[test]
    fn a_text_that_nobody_was_given_is_no_cursor() {
        for text in ["", "!", "AAAA"] {
            assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text}");
        }
    }
}
