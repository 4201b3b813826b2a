//! Writing payloads. An object is never written over: a key stands for one payload for good.

use std::time::Duration;

use aws_sdk_s3::{Client, primitives::ByteStream};
use bytes::Bytes;
use tokio::io::AsyncRead;

use super::{
    PART_BYTES, ServiceError, WriteError, chunks::Chunks, error::is_refused, upload::Upload,
};
use crate::{key::Key, pointer::Pointer};

/// How often an object is written that another writer is at.
const ATTEMPTS: u32 = 3;

/// When an object was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// By this call.
    Now,
    /// There was one of that key before, which stays as it is: the payload was written once already,
    /// perhaps by an attempt whose answer was lost.
    Before,
}

/// A payload that is in S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Where it is.
    pub pointer: Pointer,
    /// How many bytes it has.
    pub bytes: u64,
    /// When it was made.
    pub created: Created,
}

/// Writes payloads to one bucket: `s3:PutObject` and `s3:AbortMultipartUpload` on it, and nothing
/// else.
#[derive(Debug, Clone)]
pub struct PayloadWriter {
    pub(super) client: Client,
    bucket: String,
}

impl PayloadWriter {
    /// A writer to `bucket`. The client's timeout for an attempt has to leave time for the
    /// [`PART_BYTES`](crate::PART_BYTES) of a part.
    #[must_use]
    pub fn new(client: Client, bucket: impl Into<String>) -> Self {
        Self {
            client,
            bucket: bucket.into(),
        }
    }

    /// The bucket's name.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Writes a payload that is in memory, in one piece, unless there is an object of that key.
    pub async fn put(&self, key: &Key, body: impl Into<Bytes>) -> Result<Stored, WriteError> {
        let body = body.into();
        if body.is_empty() {
            return Err(WriteError::Empty);
        }
        let bytes = u64::try_from(body.len()).map_err(|_| WriteError::TooLarge)?;
        let created = self.put_once(key, body).await?;
        Ok(self.stored(key, bytes, created))
    }

    /// Writes a payload as it comes, unless there is an object of that key. At most two parts are in
    /// memory, or one and what is read of the next. One that needs no parts is written in one piece.
    ///
    /// What fails is aborted. Of an upload whose process ends the parts stay, until a lifecycle rule
    /// of the bucket removes them (`AbortIncompleteMultipartUpload`).
    pub async fn upload(
        &self,
        key: &Key,
        source: impl AsyncRead + Unpin,
    ) -> Result<Stored, WriteError> {
        let mut chunks = Chunks::new(source);
        let first = chunks.next().await?.ok_or(WriteError::Empty)?;
        if first.len() < PART_BYTES {
            return self.put(key, first).await;
        }
        let upload = Upload::begin(self, key).await?;
        let sent = upload.send(first, chunks).await;
        if !matches!(sent, Ok((_, Created::Now))) {
            upload.abort().await;
        }
        let (bytes, created) = sent?;
        Ok(self.stored(key, bytes, created))
    }

    async fn put_once(&self, key: &Key, body: Bytes) -> Result<Created, ServiceError> {
        let mut attempt = 1;
        loop {
            let sent = self
                .client
                .put_object()
                .bucket(&self.bucket)
                .key(key.as_str())
                .if_none_match("*")
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

    fn stored(&self, key: &Key, bytes: u64, created: Created) -> Stored {
        Stored {
            pointer: Pointer::new(&self.bucket, key),
            bytes,
            created,
        }
    }
}
