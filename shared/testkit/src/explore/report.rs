//! What an exploration found.

use std::fmt;

/// What an exploration found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many points were explored.
    pub points: usize,
    /// How many rows and effects of the undisturbed run were missing at the end, over all points.
    pub lost: usize,
    /// How many rows and distinct effects were there that the undisturbed run has not.
    pub duplicated: usize,
    /// How often an effect was sent again under its own key, so that whoever receives it can tell.
    pub wire_duplicates: usize,
    /// Each point that ended otherwise: its line for [`replay`](super::replay), then how it ended.
    pub violations: Vec<String>,
}

impl Report {
    /// Adds what another exploration found.
    pub fn add(&mut self, other: Self) {
        self.points += other.points;
        self.lost += other.lost;
        self.duplicated += other.duplicated;
        self.wire_duplicates += other.wire_duplicates;
        self.violations.extend(other.violations);
    }

    pub(super) fn violate(&mut self, violation: String) {
        self.violations.push(violation);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            points,
            lost,
            duplicated,
            wire_duplicates,
            violations,
        } = self;
        violations
            .iter()
            .try_for_each(|violation| writeln!(f, "{violation}"))?;
        write!(
            f,
            "points explored: {points}; lost {lost}; duplicated {duplicated}; wire duplicates {wire_duplicates}; \
             violations {}",
            violations.len()
        )
    }
}
