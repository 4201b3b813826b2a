//! An object that is too large to be in memory at once.

use aws_sdk_s3::{
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart},
};

use super::{Created, ObjectWriter, is_refused};
use crate::{Retry, error::ServiceError};

/// An object on its way. Until it is finished there is none; what was cut off is removed by the
/// bucket's lifecycle.
#[derive(Debug)]
pub struct ObjectUpload {
    writer: ObjectWriter,
    key: String,
    content_type: &'static str,
    /// S3's id of it, once a part was sent.
    id: Option<String>,
    parts: Vec<CompletedPart>,
}

impl ObjectUpload {
    pub(super) fn new(writer: ObjectWriter, key: &str, content_type: &'static str) -> Self {
        Self {
            writer,
            key: key.to_owned(),
            content_type,
            id: None,
            parts: Vec::new(),
        }
    }

    /// Sends the next part, 5 MiB at least.
    pub async fn part(&mut self, bytes: Vec<u8>) -> Result<(), ServiceError> {
        let id = match &self.id {
            Some(id) => id.clone(),
            None => self.begin().await?,
        };
        let number = i32::try_from(self.parts.len() + 1).map_err(|_| unmakeable())?;
        let sent = self
            .writer
            .client
            .upload_part()
            .bucket(&self.writer.bucket)
            .key(&self.key)
            .upload_id(&id)
            .part_number(number)
            .body(ByteStream::from(bytes))
            .send()
            .await
            .map_err(|error| ServiceError::new("s3:UploadPart", &error))?;
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(sent.e_tag)
            .set_checksum_crc32(sent.checksum_crc32);
        self.parts.push(part.build());
        self.id = Some(id);
        Ok(())
    }

    /// Sends the last part and makes the object, unless there is one of its name. One that needs no
    /// parts is sent whole.
    pub async fn finish(mut self, last: Vec<u8>) -> Result<Created, ServiceError> {
        if self.id.is_none() {
            return self.writer.create(&self.key, self.content_type, last).await;
        }
        self.part(last).await?;
        let parts = CompletedMultipartUpload::builder().set_parts(Some(self.parts));
        let completed = self
            .writer
            .client
            .complete_multipart_upload()
            .bucket(&self.writer.bucket)
            .key(&self.key)
            .set_upload_id(self.id)
            .if_none_match("*")
            .multipart_upload(parts.build())
            .send()
            .await;
        match completed {
            Ok(_) => Ok(Created::Now),
            Err(error) if is_refused(&error) => Ok(Created::Before),
            Err(error) => Err(ServiceError::new("s3:CompleteMultipartUpload", &error)),
        }
    }

    async fn begin(&self) -> Result<String, ServiceError> {
        let begun = self
            .writer
            .client
            .create_multipart_upload()
            .bucket(&self.writer.bucket)
            .key(&self.key)
            .content_type(self.content_type)
            .send()
            .await
            .map_err(|error| ServiceError::new("s3:CreateMultipartUpload", &error))?;
        begun.upload_id.ok_or_else(unmakeable)
    }
}

/// An upload without an id, or with more parts than numbers, which S3 does not let happen.
fn unmakeable() -> ServiceError {
    ServiceError {
        operation: "s3:UploadPart",
        code: "RequestCouldNotBeMade".to_owned(),
        retry: Retry::Never,
    }
}
