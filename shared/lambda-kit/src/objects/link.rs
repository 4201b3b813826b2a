//! Links by which somebody without a permission of their own may fetch one object.

use std::time::Duration;

use aws_sdk_s3::{Client, presigning::PresigningConfig};
use aws_types::SdkConfig;
use jiff::Timestamp;

use crate::{Retry, error::ServiceError, redact::Redacted};

/// Makes links to objects of one bucket: `s3:GetObject` on it, which whoever has a link uses in this
/// function's name.
#[derive(Debug, Clone)]
pub struct ObjectLinker {
    client: Client,
    bucket: String,
}

impl ObjectLinker {
    /// A maker of links into `bucket`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, bucket: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            bucket: bucket.into(),
        }
    }

    /// A link that opens the object `key` from `now` on for `lifetime`, and has it kept as the file
    /// `name`. It makes no call. Whoever has the link gets the object: it is nothing to print.
    pub async fn link(
        &self,
        key: &str,
        name: &str,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<Redacted<String>, ServiceError> {
        let unmakeable = || ServiceError {
            operation: "s3:GetObject",
            code: "RequestCouldNotBeMade".to_owned(),
            retry: Retry::Never,
        };
        let validity = PresigningConfig::builder()
            .start_time(now.into())
            .expires_in(lifetime)
            .build()
            .map_err(|_| unmakeable())?;
        let link = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .response_content_disposition(format!("attachment; filename=\"{name}\""))
            .presigned(validity)
            .await
            .map_err(|_| unmakeable())?;
        Ok(Redacted::new(link.uri().to_owned()))
    }
}
