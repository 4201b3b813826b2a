//! Reading events that were too large for the bus.

use aws_sdk_s3::{Client, operation::get_object::GetObjectError};
use lambda_kit::{Retry, error::ServiceError};

use crate::LargeEvent;

/// The largest event that is read, in bytes. A record of Salesforce has far less.
const LARGEST: usize = 8 * 1024 * 1024;

/// Reads large events: `s3:GetObject` on their bucket, and on no other.
#[derive(Debug, Clone)]
pub struct LargeEventReader {
    client: Client,
    bucket: String,
}

/// Why a large event was not read.
#[derive(Debug, thiserror::Error)]
pub enum LargeReadError {
    /// It is not there, or not yet.
    #[error("there is no object where the event should lie")]
    Missing,
    /// It has more than 8 MiB, or is no text.
    #[error("the event is no text of at most 8 MiB")]
    Unfit,
    /// S3 did not answer with it.
    #[error("the large event can't be read")]
    Service(#[from] ServiceError),
}

impl LargeEventReader {
    /// A reader of `bucket`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, bucket: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            bucket: bucket.into(),
        }
    }

    /// The bucket: a pointer to another one is not followed.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The event, as a text.
    pub async fn read(&self, event: &LargeEvent) -> Result<String, LargeReadError> {
        let found = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(event.key())
            .send()
            .await;
        let mut body = match found {
            Ok(found) => found.body,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetObjectError::is_no_such_key) =>
            {
                return Err(LargeReadError::Missing);
            }
            Err(error) => return Err(ServiceError::new("s3:GetObject", &error).into()),
        };
        let mut whole = Vec::new();
        while let Some(piece) = body.try_next().await.map_err(|_| broken_off())? {
            if whole.len() + piece.len() > LARGEST {
                return Err(LargeReadError::Unfit);
            }
            whole.extend_from_slice(&piece);
        }
        String::from_utf8(whole).map_err(|_| LargeReadError::Unfit)
    }
}

fn broken_off() -> ServiceError {
    ServiceError {
        operation: "s3:GetObject",
        code: "UnreadableResponse".to_owned(),
        retry: Retry::MayHelp,
    }
}
