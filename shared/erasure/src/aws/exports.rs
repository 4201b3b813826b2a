//! Removing what a person exported.

use identity::ProfileId;
use lambda_kit::{error::ServiceError, objects::ObjectRemover};

/// Removes exports: `s3:ListBucket` and `s3:DeleteObject` on the bucket.
#[derive(Debug, Clone)]
pub struct ExportRemover(ObjectRemover);

impl ExportRemover {
    /// A remover from `bucket`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, bucket: impl Into<String>) -> Self {
        Self(ObjectRemover::new(sdk, bucket))
    }

    /// Removes every export of the profile.
    pub(super) async fn remove(&self, profile: ProfileId) -> Result<(), ServiceError> {
        self.0.remove_below(&format!("exports/{profile}/")).await
    }
}
