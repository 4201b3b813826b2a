//! The bucket of large events, the queues of what is read again, and what Salesforce knows us by.

mod credentials;
mod objects;
mod queues;

pub use credentials::{CredentialReader, Credentials};
pub use objects::{LargeEventReader, LargeReadError};
pub use queues::{ConfigQueue, RereadQueue};
