//! A payload that is written part by part.

use aws_sdk_s3::{
    primitives::ByteStream,
    types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart},
};
use bytes::Bytes;
use futures_util::stream::{TryStreamExt as _, try_unfold};
use tokio::io::AsyncRead;

use super::{Created, PayloadWriter, ServiceError, WriteError, chunks::Chunks, error::is_refused};
use crate::key::Key;

/// How many parts are on their way at once.
const IN_FLIGHT: usize = 2;

/// An upload that was begun. Until it is completed there is no object.
pub(super) struct Upload<'a> {
    writer: &'a PayloadWriter,
    key: &'a Key,
    id: String,
}

impl<'a> Upload<'a> {
    pub(super) async fn begin(
        writer: &'a PayloadWriter,
        key: &'a Key,
    ) -> Result<Self, ServiceError> {
        let operation = "s3:CreateMultipartUpload";
        let begun = writer
            .client
            .create_multipart_upload()
            .bucket(writer.bucket())
            .key(key.as_str())
            // One checksum of all bytes, whatever the parts are: a reader can compare it.
            .checksum_algorithm(ChecksumAlgorithm::Crc32)
            .checksum_type(ChecksumType::FullObject)
            .send()
            .await
            .map_err(|error| ServiceError::new(operation, &error))?;
        let id = begun.upload_id.ok_or_else(|| ServiceError {
            operation,
            code: "UnreadableResponse".to_owned(),
            may_pass: true,
        })?;
        Ok(Self { writer, key, id })
    }

    /// Sends all parts and makes the object, unless there is one of that key; tells its bytes.
    pub(super) async fn send<R: AsyncRead + Unpin>(
        &self,
        first: Bytes,
        rest: Chunks<R>,
    ) -> Result<(u64, Created), WriteError> {
        let numbered = try_unfold(
            (1, Some(first), rest),
            |(number, first, mut rest)| async move {
                let chunk = match first {
                    Some(chunk) => Some(chunk),
                    None => rest.next().await?,
                };
                Ok::<_, WriteError>(chunk.map(|chunk| ((number, chunk), (number + 1, None, rest))))
            },
        );
        let sent: Vec<(u64, CompletedPart)> = numbered
            .map_ok(|(number, chunk)| self.part(number, chunk))
            .try_buffered(IN_FLIGHT)
            .try_collect()
            .await?;
        let (sizes, parts): (Vec<u64>, Vec<CompletedPart>) = sent.into_iter().unzip();
        let created = self.complete(parts).await?;
        Ok((sizes.into_iter().sum(), created))
    }

    /// Removes the parts. That it fails changes nothing: the bucket's lifecycle removes them too.
    pub(super) async fn abort(&self) {
        let request = self
            .writer
            .client
            .abort_multipart_upload()
            .bucket(self.writer.bucket())
            .key(self.key.as_str())
            .upload_id(&self.id);
        drop(request.send().await);
    }

    async fn part(&self, number: i32, chunk: Bytes) -> Result<(u64, CompletedPart), WriteError> {
        let bytes = u64::try_from(chunk.len()).map_err(|_| WriteError::TooLarge)?;
        let sent = self
            .writer
            .client
            .upload_part()
            .bucket(self.writer.bucket())
            .key(self.key.as_str())
            .upload_id(&self.id)
            .part_number(number)
            .checksum_algorithm(ChecksumAlgorithm::Crc32)
            .body(ByteStream::from(chunk))
            .send()
            .await
            .map_err(|error| ServiceError::new("s3:UploadPart", &error))?;
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(sent.e_tag)
            .set_checksum_crc32(sent.checksum_crc32);
        Ok((bytes, part.build()))
    }

    async fn complete(&self, parts: Vec<CompletedPart>) -> Result<Created, ServiceError> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts));
        let completed = self
            .writer
            .client
            .complete_multipart_upload()
            .bucket(self.writer.bucket())
            .key(self.key.as_str())
            .upload_id(&self.id)
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
}
