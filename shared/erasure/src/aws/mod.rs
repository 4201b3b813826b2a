//! The table `erasures`, and all that has to go from the others and from the user pool.

mod acknowledging;
mod batches;
mod certifying;
mod data;
mod events;
mod exports;
mod freezing;
mod logins;
mod person;
mod reading;
mod receipts;
mod refused;
mod releasing;
mod reminding;
mod requesting;
mod saga;
mod telling;
mod trail;
mod writes;

pub use acknowledging::{Acknowledgements, OpenErasures, RecipientReader};
pub use certifying::{CertificateReader, Certifier};
pub use data::DataEraser;
pub use events::EventRemover;
pub use exports::ExportRemover;
pub use freezing::Freezer;
use lambda_kit::{dynamodb::TransactionFailure, error::ServiceError};
pub use logins::LoginRemover;
pub use person::PersonErasures;
pub use reading::ErasureReader;
pub use refused::RefusedRemover;
pub use releasing::Releaser;
pub use reminding::Reminder;
pub use requesting::{ErasureRequester, Requesting, Standing};
pub use saga::SagaStarter;
pub use telling::PartnerTeller;

/// How often a lost race against another change is answered by looking again.
const ATTEMPTS: u32 = 4;

/// What DynamoDB takes in one transaction.
const TRANSACTION_ITEMS: usize = 100;

/// Why a step was not done.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// A service did not do it.
    #[error("the erasure can't be read or written")]
    Service(#[from] ServiceError),
    /// What was sent names no erasure.
    #[error("the input names no erasure")]
    NoOrder,
    /// There is no such erasure.
    #[error("there is no such erasure")]
    Unknown,
    /// There is no such profile, or none any more.
    #[error("there is no such profile")]
    UnknownProfile,
    /// The profile is being merged or split, which takes a second.
    #[error("the profile is being merged or split")]
    Settling,
    /// The step before this one is not done.
    #[error("the erasure is not at this step")]
    OutOfTurn,
    /// Others kept changing it.
    #[error("the erasure kept changing while it was written")]
    Contended,
    /// A row that is not of the agreed shape.
    #[error("a row of an erasure can't be read")]
    Malformed,
}

impl From<TransactionFailure> for ErasureError {
    fn from(failure: TransactionFailure) -> Self {
        match failure {
            TransactionFailure::Refused(_) => Self::Contended,
            TransactionFailure::Service(error) => Self::Service(error),
        }
    }
}
