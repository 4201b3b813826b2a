//! What operators configured for the contact centre.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Announcement, Holiday, OpeningHours, Routing, Shift};

/// The kinds of records that there are for the contact centre.
pub const KINDS: [&str; 5] = [
    "holiday",
    "opening-hours",
    "announcement",
    "routing",
    "roster",
];

/// All that operators configured for the contact centre, read once and asked often.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Configuration {
    pub(crate) holidays: Vec<Holiday>,
    pub(crate) hours: Vec<OpeningHours>,
    pub(crate) announcements: Vec<Announcement>,
    pub(crate) routings: Vec<Routing>,
    shifts: Vec<Shift>,
    unreadable: usize,
}

impl Configuration {
    /// Reads records, each with its kind. One that can't be read is left out and counted: nobody's queue
    /// closes since another record is mistyped. Of two that count as much the later one is heeded.
    #[must_use]
    pub fn read<'a>(records: impl IntoIterator<Item = (&'a str, &'a Value)>) -> Self {
        let mut read = Self::default();
        for (kind, record) in records {
            let is_read = match kind {
                "holiday" => push(&mut read.holidays, record),
                "opening-hours" => push(&mut read.hours, record),
                "announcement" => push(&mut read.announcements, record),
                "routing" => push(&mut read.routings, record),
                "roster" => push(&mut read.shifts, record),
                _ => false,
            };
            read.unreadable += usize::from(!is_read);
        }
        read
    }

    /// Who is on call when.
    #[must_use]
    pub fn shifts(&self) -> &[Shift] {
        &self.shifts
    }

    /// How many records could not be read.
    #[must_use]
    pub const fn unreadable(&self) -> usize {
        self.unreadable
    }
}

fn push<T: DeserializeOwned>(all: &mut Vec<T>, record: &Value) -> bool {
    let read = T::deserialize(record);
    let is_read = read.is_ok();
    all.extend(read.ok());
    is_read
}
