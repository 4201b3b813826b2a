//! Removing objects.

use aws_sdk_s3::{
    Client,
    types::{Delete, ObjectIdentifier},
};
use aws_types::SdkConfig;

use crate::{Retry, error::ServiceError};

/// Removes objects of one bucket: `s3:ListBucket` and `s3:DeleteObject` on it.
#[derive(Debug, Clone)]
pub struct ObjectRemover {
    client: Client,
    bucket: String,
}

impl ObjectRemover {
    /// A remover from `bucket`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, bucket: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            bucket: bucket.into(),
        }
    }

    /// Removes every object whose key begins with `prefix`, as many at once as a page lists. The bucket
    /// keeps no versions: what is removed is gone.
    pub async fn remove_below(&self, prefix: &str) -> Result<(), ServiceError> {
        loop {
            let page = self
                .client
                .list_objects_v2()
                .bucket(&self.bucket)
                .prefix(prefix)
                .send()
                .await
                .map_err(|error| ServiceError::new("s3:ListObjectsV2", &error))?;
            let keys = page.contents.unwrap_or_default().into_iter();
            let keys: Vec<ObjectIdentifier> = keys
                .filter_map(|object| ObjectIdentifier::builder().key(object.key?).build().ok())
                .collect();
            if keys.is_empty() {
                return Ok(());
            }
            self.remove(keys).await?;
        }
    }

    async fn remove(&self, keys: Vec<ObjectIdentifier>) -> Result<(), ServiceError> {
        let all = Delete::builder()
            .set_objects(Some(keys))
            .quiet(true)
            .build();
        let removed = self
            .client
            .delete_objects()
            .bucket(&self.bucket)
            .delete(all.map_err(|_| failed("RequestCouldNotBeMade"))?)
            .send()
            .await
            .map_err(|error| ServiceError::new("s3:DeleteObjects", &error))?;
        if removed.errors.unwrap_or_default().is_empty() {
            Ok(())
        } else {
            Err(failed("NotAllWereDeleted"))
        }
    }
}

fn failed(code: &str) -> ServiceError {
    ServiceError {
        operation: "s3:DeleteObjects",
        code: code.to_owned(),
        retry: Retry::MayHelp,
    }
}
