//! What of events lies for partners.

use lambda_kit::objects::ObjectRemover;

use super::ReadError;
use crate::EventKey;

/// Removes what of events lies for partners: `s3:ListBucket` and `s3:DeleteObject` on the bucket.
#[derive(Debug, Clone)]
pub struct CopyRemover(ObjectRemover);

impl CopyRemover {
    /// A remover from `bucket`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, bucket: impl Into<String>) -> Self {
        Self(ObjectRemover::new(sdk, bucket))
    }

    /// Removes all copies of an event, whichever partner they are for.
    pub async fn remove(&self, key: &EventKey) -> Result<(), ReadError> {
        Ok(self.0.remove_below(&key.copies()).await?)
    }
}
