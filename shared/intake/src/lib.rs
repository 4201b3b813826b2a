//! What partners send. In come CloudEvents that were read; out go rows of the table `events`, each
//! once however often it was sent, and what the bus is told of them: that they are there, by whom,
//! and under which key, and nothing of what they say.

mod announcement;
mod aws;
mod compatibility;
mod event_type;
mod item;
mod key;
pub mod problems;
mod rejected;
mod schema;

pub use announcement::{Announcement, pointer};
pub use aws::{
    AcceptError, Acceptance, EventReader, EventStore, EventTypeWriter, EventTypes,
    QuarantineReader, QuarantineWriter, ReadError, Registered, RejectedPage, Sender, TypesPage,
};
pub use compatibility::breaks;
pub use event_type::{
    EventType, EventTypeName, InvalidEventTypeName, ListedType, RegisteredType, Registrar,
};
pub use item::{Body, EventItem};
pub use key::EventKey;
pub use rejected::{Reason, RejectedItem, RejectedState};
pub use schema::{InvalidSchema, Schema, Violation};
