//! The table `config`.

mod flags;
mod published;
mod store;

pub use flags::Flags;
use lambda_kit::error::ServiceError;
pub use published::PublishedReader;
pub use store::{Put, RecordStore, Seen, Writing};

use crate::Malformed;

/// Why the table could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB did not do it.
    #[error("the configuration can't be read or written")]
    Service(#[from] ServiceError),
    /// A row that is not of the agreed shape.
    #[error("a row of the configuration can't be read")]
    Malformed,
}

impl From<Malformed> for StoreError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}
