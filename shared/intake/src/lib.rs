//! What partners send. In come CloudEvents that were read; out go rows of the table `events`, each
//! once however often it was sent, and what the bus is told of them: that they are there, by whom,
//! and under which key, and nothing of what they say.

mod accepting;
mod announcement;
mod awaited;
mod aws;
mod compatibility;
mod completing;
mod dataref;
#[cfg(feature = "openapi")]
mod described;
mod door;
mod event_type;
mod item;
mod key;
mod person;
pub mod problems;
mod rejected;
mod schema;
mod told;
mod upload;

pub use accepting::{Batch, Intake};
pub use announcement::{Announcement, pointer};
pub use awaited::{About, FindError, PersonFinder, awaited};
pub use aws::{
    AcceptError, Acceptance, CopyRemover, EventLookup, EventReader, EventStore, EventTypeWriter,
    EventTypes, QuarantineReader, QuarantineWriter, ReadError, Registered, RejectedPage, Sender,
    ToldAgain, TypesPage, UploadReader, UploadStore, WaitingEvents, WaitingWriter,
};
pub use compatibility::breaks;
pub use completing::{UploadIntake, fitting, was_accepted};
pub use dataref::referring;
#[cfg(feature = "openapi")]
pub use described::{UploadId, UploadRequest};
pub use door::{MessagesRefused, MessagesTaken, SegmentDoor};
pub use event_type::{
    EventType, EventTypeName, InvalidEventTypeName, ListedType, RegisteredType, Registrar,
};
pub use item::{Body, EventItem};
pub use key::EventKey;
pub use person::{
    Erased, Whose, about, customer_identifier, device_identifier, message_subject, whose,
    whose_message,
};
pub use rejected::{Came, Reason, RejectedItem, RejectedState, Surface};
pub use schema::{InvalidSchema, Schema, Violation};
pub use told::{NoneTaken, Told, ToldOfAll, response};
pub use upload::{Look, Upload};
