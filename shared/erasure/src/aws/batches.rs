//! Which rows go in one transaction.

use identity::IDENTIFIER_PREFIX;
use profile::TIMELINE_PREFIX;

use super::TRANSACTION_ITEMS;

/// How a row with a piece of a dataset's value begins, and one with an event. Each may weigh nearly as
/// much as a row can, and a transaction no more than ten of them.
const HEAVY: [&str; 2] = ["dataset-value#", TIMELINE_PREFIX];
const MOST_HEAVY: usize = 8;

/// Rows that go in one transaction.
pub(super) struct Batch {
    /// Where it counts.
    pub(super) counter: &'static str,
    /// The rows.
    pub(super) parts: Vec<PartOf>,
}

/// A row of a profile.
pub(super) struct PartOf {
    /// Its part.
    pub(super) name: String,
    /// The key in the table `identifiers`, where it is a row of the profile's own list of them.
    pub(super) identifier: Option<String>,
    /// Whether it is the person's still.
    pub(super) is_theirs: bool,
}

/// The parts in as few transactions as they fit in.
pub(super) fn batches<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<Batch> {
    let (mut identifiers, mut heavy, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for name in parts {
        let identifier = name.strip_prefix(IDENTIFIER_PREFIX).map(str::to_owned);
        let kind = match &identifier {
            Some(_) => &mut identifiers,
            None if HEAVY.iter().any(|prefix| name.starts_with(prefix)) => &mut heavy,
            None => &mut others,
        };
        kind.push(PartOf {
            name: name.to_owned(),
            identifier,
            is_theirs: true,
        });
    }
    let room = TRANSACTION_ITEMS - 1;
    let sorted = [
        ("identifiers", identifiers, room / 2),
        ("records", heavy, MOST_HEAVY),
        ("records", others, room),
    ];
    let mut batches = Vec::new();
    for (counter, mut parts, size) in sorted {
        while !parts.is_empty() {
            let rest = parts.split_off(size.min(parts.len()));
            batches.push(Batch { counter, parts });
            parts = rest;
        }
    }
    batches
}
