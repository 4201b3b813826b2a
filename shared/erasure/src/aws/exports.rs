//! Removing what a person exported.

use aws_sdk_s3::{
    Client,
    types::{Delete, ObjectIdentifier},
};
use identity::ProfileId;
use lambda_kit::{Retry, error::ServiceError};

/// Removes exports: `s3:ListBucket` and `s3:DeleteObject` on the bucket.
#[derive(Debug, Clone)]
pub struct ExportRemover {
    client: Client,
    bucket: String,
}

impl ExportRemover {
    /// A remover from `bucket`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, bucket: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            bucket: bucket.into(),
        }
    }

    /// Removes every export of the profile.
    pub(super) async fn remove(&self, profile: ProfileId) -> Result<(), ServiceError> {
        let below = format!("exports/{profile}/");
        remove_below(&self.client, &self.bucket, &below).await
    }
}

/// Removes every object of `bucket` whose key begins with `prefix`, as many at once as a page lists.
/// The bucket keeps no versions: what is removed is gone.
pub(super) async fn remove_below(
    client: &Client,
    bucket: &str,
    prefix: &str,
) -> Result<(), ServiceError> {
    loop {
        let page = client
            .list_objects_v2()
            .bucket(bucket)
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
        let all = Delete::builder()
            .set_objects(Some(keys))
            .quiet(true)
            .build();
        let removed = client
            .delete_objects()
            .bucket(bucket)
            .delete(all.map_err(|_| failed("RequestCouldNotBeMade"))?)
            .send()
            .await
            .map_err(|error| ServiceError::new("s3:DeleteObjects", &error))?;
        if !removed.errors.unwrap_or_default().is_empty() {
            return Err(failed("NotAllWereDeleted"));
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
