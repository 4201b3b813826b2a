//! The table `events`, the bucket beside it, and the types in the directory.

mod reader;
mod store;
mod types;

pub use reader::{EventReader, ReadError};
pub use store::{AcceptError, Acceptance, EventStore, Sender};
pub use types::EventTypes;
