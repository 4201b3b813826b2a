//! Objects that are written once: what has a name has it for good, so that doing it again changes
//! nothing.

mod link;
mod remover;
mod upload;
mod upload_link;

use std::time::Duration;

use aws_sdk_s3::{Client, error::SdkError, primitives::ByteStream};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::SdkConfig;

pub use self::{
    link::ObjectLinker,
    remover::ObjectRemover,
    upload::ObjectUpload,
    upload_link::{Announced, UploadLink, UploadLinker},
};
use crate::error::ServiceError;

/// How often an object is written that another writer is at.
const ATTEMPTS: u32 = 3;

/// When an object was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// By this call.
    Now,
    /// There was one of that name before, which stays as it is.
    Before,
}

/// Makes new objects in one bucket: `s3:PutObject` on it, and nothing else.
#[derive(Debug, Clone)]
pub struct ObjectWriter {
    client: Client,
    bucket: String,
}

impl ObjectWriter {
    /// A writer to `bucket`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, bucket: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            bucket: bucket.into(),
        }
    }

    /// Begins the object `key`, whose bytes come one part after the other.
    #[must_use]
    pub fn upload(&self, key: &str, content_type: &'static str) -> ObjectUpload {
        ObjectUpload::new(self.clone(), key, content_type)
    }

    /// Makes the object `key`, unless there is one. After an acknowledgement that was lost, the SDK's
    /// own repetition finds the object that it made: that is [`Created::Before`] too.
    pub async fn create(
        &self,
        key: &str,
        content_type: &str,
        body: Vec<u8>,
    ) -> Result<Created, ServiceError> {
        let body = bytes::Bytes::from(body);
        let mut attempt = 1;
        loop {
            let sent = self
                .client
                .put_object()
                .bucket(&self.bucket)
                .key(key)
                .content_type(content_type)
                .if_none_match("*")
                // In one piece: a stream would be signed chunk by chunk.
                .body(ByteStream::from(body.clone()))
                .send()
                .await;
            let Err(error) = sent else {
                return Ok(Created::Now);
            };
            if is_refused(&error) {
                return Ok(Created::Before);
            }
            let failure = ServiceError::new("s3:PutObject", &error);
            if failure.code != "ConditionalRequestConflict" || attempt == ATTEMPTS {
                return Err(failure);
            }
            tokio::time::sleep(Duration::from_millis(20 << attempt)).await;
            attempt += 1;
        }
    }
}

/// Whether an object was not written since the condition did not hold.
pub fn is_refused<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error, SdkError::ServiceError(context)
        if context.err().code() == Some("PreconditionFailed"))
}
