//! Packages that were uploaded.

use aws_sdk_s3::{Client, operation::get_object::GetObjectError};
use aws_types::SdkConfig;
use lambda_kit::{Retry, error::ServiceError};

/// Fetches packages: `s3:GetObject` on those that were uploaded.
#[derive(Debug, Clone)]
pub struct PackageReader {
    client: Client,
    bucket: String,
}

/// What there is under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// These bytes.
    Bytes(Vec<u8>),
    /// More bytes than are looked at.
    TooLarge,
    /// Nothing.
    Gone,
}

impl PackageReader {
    /// A reader of `bucket`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, bucket: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            bucket: bucket.into(),
        }
    }

    /// The object `key`. Its bytes are counted as they come, and no more than `most` are held.
    pub async fn fetch(&self, key: &str, most: u64) -> Result<Fetched, ServiceError> {
        const OPERATION: &str = "s3:GetObject";
        let object = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await;
        let mut object = match object {
            Ok(object) => object,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetObjectError::is_no_such_key) =>
            {
                return Ok(Fetched::Gone);
            }
            Err(error) => return Err(ServiceError::new(OPERATION, &error)),
        };
        let mut bytes = Vec::new();
        while let Some(part) = object.body.next().await {
            let part = part.map_err(|_| ServiceError {
                operation: OPERATION,
                code: "CutOff".to_owned(),
                retry: Retry::MayHelp,
            })?;
            bytes.extend_from_slice(&part);
            if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
                return Ok(Fetched::TooLarge);
            }
        }
        Ok(Fetched::Bytes(bytes))
    }
}
