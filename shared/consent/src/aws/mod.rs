//! Consents in the table `profiles`.

mod items;
mod members;
mod reading;
mod writing;

use lambda_kit::error::ServiceError;
pub use reading::{ConsentReader, HistoryPage};
pub use writing::ConsentWriter;

use crate::Refusal;

/// Why a consent was not read or a decision not recorded.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// DynamoDB did not do it.
    #[error("the consent can't be read or written")]
    Service(#[from] ServiceError),
    /// The decision can't be made.
    #[error("the decision is refused")]
    Refused(#[from] Refusal),
    /// There is no such person.
    #[error("there is no such profile")]
    UnknownProfile,
    /// It is being merged or split, which takes a second.
    #[error("the profile is being merged or split")]
    Settling,
    /// Others kept deciding at the same time.
    #[error("the consent kept changing while it was written")]
    Contended,
    /// A row that is not of the agreed shape.
    #[error("a row of a consent can't be read")]
    Malformed,
}
