//! When a change happened, among all changes; and which event tells of it.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The largest moment that a position holds, in milliseconds of the epoch: the year 33658.
const LAST_MILLIS: u64 = 999_999_999_999_999;

/// What stands behind the position after which another one comes right away: behind every character of a
/// digest.
const AFTER: char = '~';

/// Where a change stands among all changes, as a text that sorts: when it was committed, its number, its
/// place in its transaction, and its event's key, so that no two of different events are alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(String);

/// Which event it is that tells of a change of one record: a digest, the same however often it comes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventKey(String);

impl Position {
    /// The position of what was committed at `millis`. `number` is the transaction's (`commitNumber`, or
    /// the replay id); `sequence` its place in there.
    #[must_use]
    pub fn new(millis: u64, number: u64, sequence: u32, event: &EventKey) -> Self {
        let millis = millis.min(LAST_MILLIS);
        Self(format!("{millis:015}.{number:020}.{sequence:010}.{event}"))
    }

    /// The position right behind this one, before any that differs in time, number or sequence.
    #[must_use]
    pub fn just_after(&self) -> Self {
        Self(format!("{}{AFTER}", self.0))
    }

    /// The position as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl EventKey {
    /// The key of the event that `parts` name, each of which is told from the next.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        // Each after its length, so that no two lists of texts look alike.
        for part in parts {
            hash.update(part.len().to_string());
            hash.update(":");
            hash.update(part);
        }
        Self(BASE64_URL_SAFE_NO_PAD.encode(hash.finalize()))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(n: u8) -> EventKey {
        EventKey::of(&[&n.to_string()])
    }

    proptest! {
        #[test]
        fn positions_sort_by_time_then_number_then_sequence(
            one in (0..LAST_MILLIS, any::<u64>(), any::<u32>()),
            other in (0..LAST_MILLIS, any::<u64>(), any::<u32>()),
        ) {
            let of = |(millis, number, sequence)| Position::new(millis, number, sequence, &key(1));
            prop_assert_eq!(of(one).cmp(&of(other)), one.cmp(&other));
        }

        #[test]
        fn right_behind_a_position_is_before_the_next_one(
            millis in 0..LAST_MILLIS, number: u64, sequence in 0..u32::MAX, one: u8, other: u8,
        ) {
            let asked = Position::new(millis, number, sequence, &key(one));
            prop_assert!(asked.just_after() > asked);
            prop_assert!(asked.just_after() < Position::new(millis, number, sequence + 1, &key(other)));
        }

        #[test]
        fn texts_that_run_together_have_keys_of_their_own(
            one in "[0-9:]{0,12}", other in "[0-9:]{0,12}", cut in 0_usize..12,
        ) {
            let whole = format!("{one}{other}");
            let (left, right) = whole.split_at(cut.min(whole.len()));
            let is_same = (left, right) == (one.as_str(), other.as_str());
            prop_assert_eq!(EventKey::of(&[&one, &other]) == EventKey::of(&[left, right]), is_same);
        }
    }

    #[test]
    fn two_events_never_stand_at_the_same_position() {
        assert_ne!(
            Position::new(1, 2, 3, &key(1)),
            Position::new(1, 2, 3, &key(2))
        );
    }
}
