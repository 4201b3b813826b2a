//! The table `audiences`, and what of the table `profiles` it follows from.

mod expiring;
mod memberships;
mod person;
mod projection;
mod reading;
mod rows;

pub use expiring::{Due, Expiring, ExpiringReader, Reached};
use lambda_kit::error::ServiceError;
pub use memberships::MembershipReader;
use profile::ProfileError;
pub use projection::{Kept, Projection};
pub use reading::{AudienceReader, Change, Changes, Listed};

/// Why an audience could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum AudienceError {
    /// DynamoDB did not do it.
    #[error("the audience can't be read or written")]
    Service(#[from] ServiceError),
    /// The person's record can't be read.
    #[error("the person can't be read")]
    Person(#[from] ProfileError),
    /// Others kept changing the same audience or the same person.
    #[error("the audience kept changing while it was written")]
    Contended,
    /// A row that is not of the agreed shape.
    #[error("a row of an audience can't be read")]
    Malformed,
}
