//! What partners send. In come CloudEvents that were read; out go rows of the table `events`, each
//! once however often it was sent, and what the bus is told of them: that they are there, by whom,
//! and under which key, and nothing of what they say.

mod announcement;
mod aws;
mod compatibility;
mod event_type;
mod item;
mod key;
mod person;
pub mod problems;
mod rejected;
mod schema;

pub use announcement::{Announcement, pointer};
pub use aws::{
    AcceptError, Acceptance, EventReader, EventStore, EventTypeWriter, EventTypes,
    QuarantineReader, QuarantineWriter, ReadError, Registered, RejectedPage, Sender,
};
pub use compatibility::breaks;
pub use event_type::{EventType, EventTypeName, InvalidEventTypeName, RegisteredType};
pub use item::{Body, EventItem};
pub use key::EventKey;
pub use person::{Whose, whose};
pub use rejected::{Reason, RejectedItem, RejectedState};
pub use schema::{InvalidSchema, Schema, Violation};
