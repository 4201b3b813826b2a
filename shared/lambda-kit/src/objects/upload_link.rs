//! Links by which somebody without a permission of their own may put one object, and no other.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_s3::{Client, presigning::PresigningConfig};
use aws_types::SdkConfig;
use jiff::Timestamp;

use crate::{Retry, error::ServiceError, redact::Redacted};

/// Makes links into one bucket: `s3:PutObject` on it, which whoever has a link uses in this function's
/// name.
#[derive(Debug, Clone)]
pub struct UploadLinker {
    client: Client,
    bucket: String,
}

/// The one body that a link takes.
#[derive(Debug, Clone, Copy)]
pub struct Announced<'a> {
    /// What it is.
    pub content_type: &'a str,
    /// How many bytes it has.
    pub bytes: u64,
    /// Their SHA-256, in base64 as S3 has it.
    pub sha256: &'a str,
}

/// Where to put an object, and how.
#[derive(Debug, Clone)]
pub struct UploadLink {
    /// The link. Whoever has it may use it: it is nothing to print.
    pub url: Redacted<String>,
    /// The headers that have to be sent with it: the link is signed with them.
    pub headers: BTreeMap<String, String>,
}

impl UploadLinker {
    /// A maker of links into `bucket`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, bucket: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            bucket: bucket.into(),
        }
    }

    /// A link that takes the object `key` from `now` on for `lifetime`, once: S3 refuses what has
    /// another length or another digest than was announced, and what comes after it. Making it costs
    /// no call.
    pub async fn link(
        &self,
        key: &str,
        announced: Announced<'_>,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<UploadLink, ServiceError> {
        let unmakeable = || ServiceError {
            operation: "s3:PutObject",
            code: "RequestCouldNotBeMade".to_owned(),
            retry: Retry::Never,
        };
        let validity = PresigningConfig::builder()
            .start_time(now.into())
            .expires_in(lifetime)
            .build()
            .map_err(|_| unmakeable())?;
        let bytes = i64::try_from(announced.bytes).map_err(|_| unmakeable())?;
        let link = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(announced.content_type)
            .content_length(bytes)
            .checksum_sha256(announced.sha256)
            .if_none_match("*")
            .presigned(validity)
            .await
            .map_err(|_| unmakeable())?;
        let headers = link.headers();
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        Ok(UploadLink {
            headers: headers.collect(),
            url: Redacted::new(link.uri().to_owned()),
        })
    }
}
