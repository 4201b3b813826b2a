//! The outbox: an event's row, written in the same transaction as the state that it tells of.

use identity::ProfileId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CloudEvent, Outgoing};

/// How a row of the outbox is told from a profile's other parts.
pub const OUTBOX_PREFIX: &str = "outbox#";

/// The sparse index of what was not relayed yet.
pub const UNRELAYED_INDEX: &str = "unrelayed";

/// Over how many keys the sparse index is spread.
pub const RELAY_SHARDS: u8 = 8;

/// A row `outbox#<event id>` of the table `profiles`. It is deleted once the event is on the bus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxItem {
    /// The event's subject.
    pub profile_id: ProfileId,
    /// `outbox#<event id>`.
    pub part: String,
    /// The event in its structured JSON form.
    pub event: String,
    /// The sparse index's partition; gone once the row is parked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay_shard: Option<String>,
    /// The sparse index's order: when the event happened, in [`relay_at`]'s form.
    pub relay_at: String,
}

/// A time as the sparse index sorts it: with milliseconds, so that all texts are equally long.
#[must_use]
pub fn relay_at(time: Timestamp) -> String {
    format!("{time:.3}")
}

impl OutboxItem {
    /// Its event, as it is sent; `None` if it holds none.
    #[must_use]
    pub fn outgoing(&self) -> Option<Outgoing> {
        Outgoing::new(self.event.clone())
    }

    /// The row of an event, which lies beside the profile that it is about; `None` if it is about none.
    #[must_use]
    pub fn new(event: &CloudEvent) -> Option<Self> {
        // The id's last digit is random, which spreads the rows evenly.
        let last = event.id.bytes().last().unwrap_or_default();
        Some(Self {
            profile_id: event.subject.profile()?,
            part: format!("{OUTBOX_PREFIX}{}", event.id),
            event: event.to_json(),
            relay_shard: Some((last % RELAY_SHARDS).to_string()),
            relay_at: relay_at(event.time),
        })
    }
}
