//! Whether as much came out as went in.

use serde::{Deserialize, Serialize};

use crate::Cause;

/// What was counted on a day. Whoever counts adds to its own column, together with what it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DayCounts {
    /// Changes of one record each that arrived from Salesforce.
    #[serde(default)]
    pub events: u64,
    /// Those that were written.
    #[serde(default)]
    pub written: u64,
    /// Those that changed nothing.
    #[serde(default)]
    pub unchanged: u64,
    /// Those that were refused.
    #[serde(default)]
    pub failed: u64,
    /// Files of outcomes that were written.
    #[serde(default)]
    pub outcomes: u64,
    /// Rows that Salesforce took, those that it took once more included.
    #[serde(default)]
    pub accepted: u64,
}

impl DayCounts {
    /// Two days together: what goes in before midnight may come out after it.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self {
            events: self.events.saturating_add(other.events),
            written: self.written.saturating_add(other.written),
            unchanged: self.unchanged.saturating_add(other.unchanged),
            failed: self.failed.saturating_add(other.failed),
            outcomes: self.outcomes.saturating_add(other.outcomes),
            accepted: self.accepted.saturating_add(other.accepted),
        }
    }
}

/// Where something is missing, if anything is; the earlier on the way the more urgent. `waiting` files are
/// the next run's.
#[must_use]
pub const fn gap(counts: DayCounts, waiting: u64) -> Option<Cause> {
    let handled = counts
        .written
        .saturating_add(counts.unchanged)
        .saturating_add(counts.failed);
    let decided = counts.written.saturating_add(counts.failed);
    if handled < counts.events {
        Some(Cause::Unhandled)
    } else if counts.outcomes < decided {
        Some(Cause::Unwritten)
    } else if counts.accepted.saturating_add(waiting) < counts.outcomes {
        Some(Cause::Unaccepted)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const EVEN: DayCounts = DayCounts {
        events: 10,
        written: 6,
        unchanged: 3,
        failed: 1,
        outcomes: 7,
        accepted: 7,
    };

    #[rstest]
    #[case::even(EVEN, 0, None)]
    #[case::nothing(DayCounts { events: 0, written: 0, unchanged: 0, failed: 0, outcomes: 0, accepted: 0 }, 0, None)]
    #[case::unhandled(DayCounts { written: 5, ..EVEN }, 0, Some(Cause::Unhandled))]
    #[case::unwritten(DayCounts { outcomes: 6, ..EVEN }, 0, Some(Cause::Unwritten))]
    #[case::unaccepted(DayCounts { accepted: 5, ..EVEN }, 1, Some(Cause::Unaccepted))]
    #[case::waiting(DayCounts { accepted: 5, ..EVEN }, 2, None)]
    #[case::taken_twice(DayCounts { accepted: 9, ..EVEN }, 0, None)]
    fn a_gap_is_where_less_comes_out_than_went_in(
        #[case] counts: DayCounts,
        #[case] waiting: u64,
        #[case] found: Option<Cause>,
    ) {
        assert_eq!(gap(counts, waiting), found);
    }
}
