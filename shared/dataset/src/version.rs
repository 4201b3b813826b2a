//! Versions of a dataset and of its records.

use std::{fmt, str::FromStr, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long it is known which keys were removed. A device that slept longer compares everything.
pub const RETENTION: Duration = Duration::from_hours(90 * 24);

/// How much longer the rows of removed keys are kept: no two clocks differ by that much.
const MARGIN: Duration = Duration::from_hours(24);

/// JSON's numbers are exact up to here in every language.
const LARGEST: u64 = (1 << 53) - 1;

/// When a dataset, or a key in it, last changed: milliseconds since the epoch, or one more than
/// the version before, whichever is greater. So versions only grow, and tell their age.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Version(u64);

/// A text or number that is no version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a version is a whole number as an answer gave it, or 0 where nothing is known yet")]
pub struct InvalidVersion;

impl Version {
    /// Of what was never there.
    pub const NONE: Self = Self(0);

    /// The version of a change made at `now` to what is at this version.
    #[must_use]
    pub fn next(self, now: Timestamp) -> Self {
        let now = u64::try_from(now.as_millisecond()).unwrap_or_default();
        Self(now.max(self.0 + 1))
    }

    /// The version as a number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// When the row of a key that was removed at this version may go, in seconds since the epoch.
    #[must_use]
    pub fn forgotten_at(self) -> i64 {
        let removed = i64::try_from(self.0 / 1_000).unwrap_or(i64::MAX);
        let kept = (RETENTION + MARGIN).as_secs();
        removed.saturating_add_unsigned(kept)
    }

    /// Whether all keys removed after this version are still known at `now`.
    fn is_recent(self, now: Timestamp) -> bool {
        let retention = SignedDuration::try_from(RETENTION).unwrap_or(SignedDuration::MAX);
        let oldest = now
            .as_millisecond()
            .saturating_sub(i64::try_from(retention.as_millis()).unwrap_or(i64::MAX));
        i64::try_from(self.0).is_ok_and(|version| version >= oldest)
    }
}

impl TryFrom<u64> for Version {
    type Error = InvalidVersion;

    fn try_from(number: u64) -> Result<Self, InvalidVersion> {
        if number <= LARGEST {
            Ok(Self(number))
        } else {
            Err(InvalidVersion)
        }
    }
}

impl FromStr for Version {
    type Err = InvalidVersion;

    fn from_str(text: &str) -> Result<Self, InvalidVersion> {
        let number: u64 = text.parse().map_err(|_| InvalidVersion)?;
        // One spelling only: no sign, no leading zero.
        if number.to_string() == text {
            Self::try_from(number)
        } else {
            Err(InvalidVersion)
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether a device that knows everything up to `since` has to compare everything: what was removed
/// since then is not known any more, or the dataset that it knew was deleted. `dataset` is the
/// version before the dataset's first one, and its present one; `None` if there is none.
#[must_use]
pub fn is_full_sync_needed(
    since: Version,
    dataset: Option<(Version, Version)>,
    now: Timestamp,
) -> bool {
    match dataset {
        _ if since == Version::NONE => false,
        None => true,
        Some((_, version)) if since == version => false,
        Some((floor, version)) => since <= floor || since > version || !since.is_recent(now),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const NOW: i64 = 1_768_467_600_000;
    const DAY: i64 = 24 * 60 * 60 * 1_000;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).unwrap()
    }

    fn version(millis: i64) -> Version {
        Version(millis.try_into().unwrap())
    }

    proptest! {
        #[test]
        fn versions_only_grow_whatever_the_clock_does(times in prop::collection::vec(0..4_000_000_000_000_i64, 1..50)) {
            let mut version = Version::NONE;
            for time in times {
                let next = version.next(at(time));
                prop_assert!(next > version);
                version = next;
            }
        }

        #[test]
        fn while_a_device_need_not_compare_everything_no_removal_is_forgotten(
            since in 1..270 * DAY,
            removed_later in 1..90 * DAY,
        ) {
            let now = NOW;
            let since = version(now - since);
            let removed = version(i64::try_from(since.0).unwrap() + removed_later);
            let dataset = Some((Version(1), version(now).next(at(now))));
            if !is_full_sync_needed(since, dataset, at(now)) {
                prop_assert!(removed.forgotten_at() > now / 1_000);
            }
        }

        #[test]
        fn a_version_reads_back_from_its_text(number in 0..=LARGEST) {
            prop_assert_eq!(Version(number).to_string().parse(), Ok(Version(number)));
        }
    }

    #[rstest]
    #[case("")]
    #[case("+1")]
    #[case("01")]
    #[case("-1")]
    #[case("1.0")]
    #[case("9007199254740992")]
    #[case("99999999999999999999")]
    fn only_a_version_is_one(#[case] text: &str) {
        assert_eq!(text.parse::<Version>(), Err(InvalidVersion));
    }

    #[rstest]
    #[case::knows_nothing(0, Some((0, NOW)), false)]
    #[case::knows_all(NOW, Some((0, NOW)), false)]
    #[case::knows_all_for_a_year(NOW - 365 * DAY, Some((0, NOW - 365 * DAY)), false)]
    #[case::slept_a_month(NOW - 30 * DAY, Some((0, NOW)), false)]
    #[case::slept_too_long(NOW - 91 * DAY, Some((0, NOW)), true)]
    #[case::it_was_deleted(NOW - DAY, None, true)]
    #[case::it_was_deleted_and_made_anew(NOW - DAY, Some((NOW - DAY, NOW)), true)]
    #[case::knows_what_never_was(NOW + 1, Some((0, NOW)), true)]
    fn a_device_is_told_to_compare_everything_if_it_has_to(
        #[case] since: i64,
        #[case] dataset: Option<(i64, i64)>,
        #[case] needed: bool,
    ) {
        let dataset = dataset.map(|(floor, present)| (version(floor), version(present)));
        assert_eq!(
            is_full_sync_needed(version(since), dataset, at(NOW)),
            needed
        );
    }
}
