//! How errors are classified and told.

use std::{error::Error, fmt};

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// An error of any kind, at the edge of a function.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// Whether doing the same again may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It may: the cause passes by itself (throttling, an unreachable service, a lost answer).
    MayHelp,
    /// It never will: the input or the permission is wrong.
    Never,
}

/// An error with its causes on one line, for the log at the place where it is handled.
pub struct Chain<'a>(pub &'a (dyn Error + 'a));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

/// A failed call to an AWS service, told without the request or the service's free text, which
/// may quote an item and with it personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation} failed: {code}")]
pub struct ServiceError {
    /// What was called, `dynamodb:GetItem`.
    pub operation: &'static str,
    /// The service's error code, or what kept the call from being answered.
    pub code: String,
    /// Whether calling again may help.
    pub retry: Retry,
}

impl ServiceError {
    /// Classifies what the SDK returned for `operation`.
    pub fn new<E: ProvideErrorMetadata>(
        operation: &'static str,
        error: &SdkError<E, HttpResponse>,
    ) -> Self {
        let (code, retry) = match error {
            SdkError::ConstructionFailure(_) => ("RequestCouldNotBeMade".to_owned(), Retry::Never),
            SdkError::TimeoutError(_) => ("Timeout".to_owned(), Retry::MayHelp),
            SdkError::DispatchFailure(_) => ("Unreachable".to_owned(), Retry::MayHelp),
            SdkError::ResponseError(_) => ("UnreadableResponse".to_owned(), Retry::MayHelp),
            SdkError::ServiceError(context) => {
                let code = context.err().code().unwrap_or("Unknown").to_owned();
                let retry = retry_of(&code, context.raw().status().as_u16());
                (code, retry)
            }
            _ => ("Unknown".to_owned(), Retry::MayHelp),
        };
        Self {
            operation,
            code,
            retry,
        }
    }

    /// Classifies what a service that no SDK is here for said of `operation` by a code of its own, under this
    /// HTTP status.
    #[must_use]
    pub fn said(operation: &'static str, code: String, status: u16) -> Self {
        let retry = retry_of(&code, status);
        Self {
            operation,
            code,
            retry,
        }
    }
}

/// Client errors are final, but for those by which a service says that it has too much to do.
fn retry_of(code: &str, status: u16) -> Retry {
    const PASSING: [&str; 11] = [
        "ThrottlingException",
        "Throttling",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "TransactionConflictException",
        "LimitExceededException",
        "ConditionalRequestConflict",
        "InternalServerError",
    ];
    if status >= 500 || PASSING.contains(&code) {
        Retry::MayHelp
    } else {
        Retry::Never
    }
}
