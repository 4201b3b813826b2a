//! The tables `events`, `waiting` and `quarantine`, the bucket beside them, and the types in the directory.

mod copies;
mod objects;
mod quarantine;
mod reader;
mod store;
mod types;
mod uploads;
mod waiting;

pub use copies::CopyRemover;
pub use quarantine::{QuarantineReader, QuarantineWriter, RejectedPage};
pub use reader::{EventReader, ReadError};
pub use store::{AcceptError, Acceptance, EventStore, Sender};
pub use types::{EventTypeWriter, EventTypes, Registered, TypesPage};
pub use uploads::{EventLookup, UploadReader, UploadStore};
pub use waiting::{ToldAgain, WaitingEvents, WaitingWriter};
