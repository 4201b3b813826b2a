//! What can go wrong with payloads in S3. No error tells anything of a payload, nor S3's own text.

use std::io;

use aws_sdk_s3::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};

/// A call that S3 did not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation} failed: {code}")]
pub struct ServiceError {
    /// What was called, `s3:GetObject`.
    pub operation: &'static str,
    /// S3's error code, or what kept the call from being answered.
    pub code: String,
    /// Whether the same call may be answered later.
    pub may_pass: bool,
}

/// Why a payload was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// There is nothing to write, and no service takes an empty message.
    #[error("the payload is empty")]
    Empty,
    /// It has more than [`LARGEST`](crate::LARGEST) bytes.
    #[error("the payload has more than 2 GiB")]
    TooLarge,
    /// It could not be read on.
    #[error("the payload's source broke off")]
    Source(#[from] io::Error),
    /// S3 did not take it.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// Why a payload was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There is no such object: `NoSuchKey`. A reader without `s3:ListBucket` is answered
    /// `AccessDenied` instead, and can not tell.
    #[error("there is no such object")]
    Missing,
    /// The object is not as long as the message says.
    #[error("the object has {found} bytes, and the message says {expected}")]
    Length {
        /// What the message says.
        expected: u64,
        /// What S3 says.
        found: u64,
    },
    /// What was read is not what was written.
    #[error("the object does not match its checksum")]
    Checksum,
    /// Another object was written in its place meanwhile.
    #[error("the object changed while it was read")]
    Changed,
    /// The payload is larger than the caller takes into memory.
    #[error("the payload has {bytes} bytes, and {most} are taken")]
    TooLarge {
        /// How many it has.
        bytes: u64,
        /// How many are taken.
        most: u64,
    },
    /// It is no UTF-8.
    #[error("the payload is no text")]
    NotText,
    /// What S3 sent broke off, or was damaged on the way, more than once.
    #[error("the object broke off while it was read")]
    BrokenOff,
    /// S3 did not answer with it.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// What a consumer does with a message whose payload it can't read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Take it again later: the cause passes by itself.
    Retry,
    /// Take it again a few times, since the object may yet appear where it is replicated to; then
    /// set the message aside where somebody sees it. It is never just deleted.
    RetryThenQuarantine,
    /// Set it aside at once: it never will be readable.
    Quarantine,
}

impl ReadError {
    /// What to do with the message.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Missing => Remedy::RetryThenQuarantine,
            Self::Changed | Self::BrokenOff => Remedy::Retry,
            Self::Service(error) if error.may_pass => Remedy::Retry,
            Self::Length { .. }
            | Self::Checksum
            | Self::TooLarge { .. }
            | Self::NotText
            | Self::Service(_) => Remedy::Quarantine,
        }
    }

    pub(super) fn new<E: ProvideErrorMetadata>(
        operation: &'static str,
        error: &SdkError<E, HttpResponse>,
    ) -> Self {
        let error = ServiceError::new(operation, error);
        match error.code.as_str() {
            // The answer to a HEAD has no body with a code: the SDK makes `NotFound` of its status.
            "NoSuchKey" | "NotFound" => Self::Missing,
            "PreconditionFailed" => Self::Changed,
            _ => error.into(),
        }
    }
}

impl ServiceError {
    pub(super) fn new<E: ProvideErrorMetadata>(
        operation: &'static str,
        error: &SdkError<E, HttpResponse>,
    ) -> Self {
        let (code, may_pass) = match error {
            SdkError::ConstructionFailure(_) => ("RequestCouldNotBeMade".to_owned(), false),
            SdkError::TimeoutError(_) => ("Timeout".to_owned(), true),
            SdkError::DispatchFailure(_) => ("Unreachable".to_owned(), true),
            SdkError::ResponseError(_) => ("UnreadableResponse".to_owned(), true),
            SdkError::ServiceError(context) => {
                let status = context.raw().status().as_u16();
                let code = context.err().code();
                let code = code.map_or_else(|| format!("Status{status}"), str::to_owned);
                let may_pass = status >= 500 || status == 429 || passes(&code);
                (code, may_pass)
            }
            _ => ("Unknown".to_owned(), true),
        };
        Self {
            operation,
            code,
            may_pass,
        }
    }
}

/// Client errors are final, but for those by which S3 says that somebody else is at it, or that an
/// upload has to begin anew.
fn passes(code: &str) -> bool {
    const PASSING: [&str; 3] = [
        "ConditionalRequestConflict",
        "NoSuchUpload",
        "RequestTimeout",
    ];
    PASSING.contains(&code)
}

/// Whether an object was not written since there is one.
pub(super) fn is_refused<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    matches!(error, SdkError::ServiceError(context)
        if context.err().code() == Some("PreconditionFailed"))
}
