//! The bucket of large events, and the queues of what is read again.

mod objects;
mod queues;

pub use objects::{LargeEventReader, LargeReadError};
pub use queues::{ConfigQueue, RereadQueue};
