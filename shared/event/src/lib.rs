//! What happened, told to whom it concerns: the event catalogue as types, the outbox row that is
//! written with the state it tells of, and the relay from the outbox to the bus.

mod aws;
mod catalogue;
mod cloud_event;
mod delivered;
mod extension;
#[cfg(feature = "openapi")]
mod openapi;
mod outbox;

pub use aws::{
    EventPublisher, Forgotten, OutboxRelay, Outgoing, ParkedRows, PublishError, RelayError,
    Relayable, SweepError, Sweeper, Swept, outbox_put,
};
pub use catalogue::{Data, Decision, Surface, TRAITS, Withdrawal};
pub use cloud_event::{Cause, CloudEvent, Subject};
pub use delivered::{Correlated, delivered};
pub use extension::{Changed, ExtensionState, Finished, Pause, RunOutcome};
pub use outbox::{OUTBOX_PREFIX, OutboxItem, RELAY_SHARDS, UNRELAYED_INDEX, relay_at};
