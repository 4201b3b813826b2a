//! The files of outcomes in their bucket.

use aws_sdk_s3::{
    Client,
    operation::get_object::{GetObjectError, GetObjectOutput},
    primitives::ByteStream,
};
use aws_types::SdkConfig;
use lambda_kit::{Retry, error::ServiceError, objects::is_refused};

use super::timestamp;
use crate::{OutcomeFile, expected::OUTCOMES_PREFIX};

/// Lists files of outcomes and writes them again: `s3:ListBucket`, `s3:GetObject` and `s3:PutObject` below
/// one prefix of one bucket.
#[derive(Debug, Clone)]
pub struct OutcomeStore {
    client: Client,
    bucket: String,
}

impl OutcomeStore {
    /// The files in `bucket`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, bucket: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            bucket: bucket.into(),
        }
    }

    /// All files that are there: those of some days, since their bucket lets go of them.
    pub async fn list(&self) -> Result<Vec<OutcomeFile>, ServiceError> {
        let (mut files, mut next) = (Vec::new(), None);
        loop {
            let page = self
                .client
                .list_objects_v2()
                .bucket(&self.bucket)
                .prefix(format!("{OUTCOMES_PREFIX}/"))
                .set_continuation_token(next)
                .send()
                .await
                .map_err(|error| ServiceError::new("s3:ListObjectsV2", &error))?;
            let found = page.contents.unwrap_or_default().into_iter();
            files.extend(found.filter_map(|object| {
                Some(OutcomeFile {
                    key: object.key?,
                    etag: object.e_tag?,
                    written_at: timestamp(&object.last_modified?)?,
                })
            }));
            next = page.next_continuation_token;
            if next.is_none() {
                return Ok(files);
            }
        }
    }

    /// Writes a file again as it is, if it still is: it is newer then, and the next run takes it. Twice is
    /// as good as once.
    pub async fn write_again(&self, file: &OutcomeFile) -> Result<(), ServiceError> {
        let Some(object) = self.read(file).await? else {
            return Ok(());
        };
        let content_type = object.content_type.clone();
        let body = object.body.collect().await.map_err(|_| ServiceError {
            operation: "s3:GetObject",
            code: "UnreadableResponse".to_owned(),
            retry: Retry::MayHelp,
        })?;
        let written = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(&file.key)
            .set_content_type(content_type)
            .if_match(&file.etag)
            .body(ByteStream::from(body.to_vec()))
            .send()
            .await;
        match written {
            Ok(_) => Ok(()),
            // Whoever wrote it meanwhile made it newer, too.
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("s3:PutObject", &error)),
        }
    }

    /// `None` if it is gone, or another one by now.
    async fn read(&self, file: &OutcomeFile) -> Result<Option<GetObjectOutput>, ServiceError> {
        let found = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(&file.key)
            .if_match(&file.etag)
            .send()
            .await;
        match found {
            Ok(object) => Ok(Some(object)),
            Err(error)
                if is_refused(&error)
                    || error
                        .as_service_error()
                        .is_some_and(GetObjectError::is_no_such_key) =>
            {
                Ok(None)
            }
            Err(error) => Err(ServiceError::new("s3:GetObject", &error)),
        }
    }
}
