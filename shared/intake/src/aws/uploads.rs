//! Events whose data was uploaded: whether it is there, and taking them.

use aws_sdk_dynamodb::Client;
use aws_sdk_s3::{operation::head_object::HeadObjectError, types::ChecksumMode};
use lambda_kit::{clock::Clock, error::ServiceError};

use super::{
    objects::{object, whole},
    store::{find, put},
};
use crate::{AcceptError, Acceptance, EventItem, ReadError, Sender, Upload};

/// Looks at what was uploaded: `s3:GetObject` in the bucket, and `s3:ListBucket` to be told that nothing
/// is there.
#[derive(Debug, Clone)]
pub struct UploadReader {
    client: aws_sdk_s3::Client,
    bucket: String,
}

impl UploadReader {
    /// A reader of `bucket`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, bucket: impl Into<String>) -> Self {
        Self {
            client: aws_sdk_s3::Client::new(sdk),
            bucket: bucket.into(),
        }
    }

    /// Whether the data of `upload` lies under `key`: as many bytes as were announced, with the digest
    /// that S3 found when it took them. However large it is, it is one call.
    pub async fn is_there(&self, key: &str, upload: &Upload) -> Result<bool, ServiceError> {
        let found = self
            .client
            .head_object()
            .bucket(&self.bucket)
            .key(key)
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await;
        let found = match found {
            Ok(found) => found,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(HeadObjectError::is_not_found) =>
            {
                return Ok(false);
            }
            Err(error) => return Err(ServiceError::new("s3:HeadObject", &error)),
        };
        let bytes = found
            .content_length
            .and_then(|bytes| u64::try_from(bytes).ok());
        let checksum = found.checksum_sha256;
        Ok(bytes == Some(upload.bytes()) && checksum == Some(upload.checksum()))
    }

    /// The data of `upload`, which was found under `key`, in memory; `None` if it is there no more.
    pub async fn data(&self, key: &str, upload: &Upload) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(object) = object(&self.client, &self.bucket, key).await? else {
            return Ok(None);
        };
        let bytes = object
            .content_length
            .and_then(|bytes| u64::try_from(bytes).ok());
        if bytes != Some(upload.bytes()) {
            return Err(ReadError::Malformed);
        }
        Ok(Some(whole(object.body).await?))
    }
}

/// Tells whether an event is there: `dynamodb:GetItem` on the events.
#[derive(Debug, Clone)]
pub struct EventLookup {
    client: Client,
    table: String,
    bucket: String,
    clock: Clock,
}

impl EventLookup {
    /// One that looks into `table`; data is uploaded to `bucket`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        bucket: impl Into<String>,
        clock: Clock,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            bucket: bucket.into(),
            clock,
        }
    }

    /// Whether the event was accepted with this data before; [`AcceptError::Taken`] if another one has
    /// its id.
    pub async fn was_accepted(
        &self,
        upload: &Upload,
        from: Sender<'_>,
    ) -> Result<bool, AcceptError> {
        let now = self.clock.now();
        let whose = (from.tenant, from.partner);
        let item = EventItem::uploaded(upload, whose, from.request_id, &self.bucket, now);
        let found = find(&self.client, &self.table, &item, now).await?;
        Ok(found.is_some())
    }
}

/// Accepts events whose data was uploaded: `dynamodb:PutItem` on the events.
#[derive(Debug, Clone)]
pub struct UploadStore {
    client: Client,
    table: String,
    bucket: String,
    clock: Clock,
}

impl UploadStore {
    /// A store in `table`; the data lies in `bucket`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        bucket: impl Into<String>,
        clock: Clock,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            bucket: bucket.into(),
            clock,
        }
    }

    /// Accepts an event whose data is there, once, by the write by which every event is accepted. When
    /// this returns, it is durable.
    pub async fn accept(
        &self,
        upload: &Upload,
        from: Sender<'_>,
    ) -> Result<Acceptance, AcceptError> {
        let now = self.clock.now();
        let whose = (from.tenant, from.partner);
        let item = EventItem::uploaded(upload, whose, from.request_id, &self.bucket, now);
        put(&self.client, &self.table, &item, now).await
    }
}
