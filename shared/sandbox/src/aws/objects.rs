//! Code, where it lies.

use aws_sdk_s3::{Client, operation::get_object::GetObjectError, primitives::ByteStream};
use aws_types::SdkConfig;
use lambda_kit::{
    Retry,
    error::ServiceError,
    objects::{Created, is_refused},
};

/// The largest code that is read, in bytes: what is compiled is several times as large as its module.
const LARGEST: i64 = 64 * 1024 * 1024;

/// Reads code: `s3:GetObject` in one bucket, and nothing else.
#[derive(Debug, Clone)]
pub struct CodeReader {
    client: Client,
    bucket: String,
}

/// What lies there, and by which tag it is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The object's tag.
    pub tag: String,
}

impl CodeReader {
    /// A reader of `bucket`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, bucket: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            bucket: bucket.into(),
        }
    }

    /// What lies under a key. None, if nothing does.
    pub async fn read(&self, key: &str) -> Result<Option<Stored>, ServiceError> {
        let found = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await;
        let found = match found {
            Ok(found) => found,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetObjectError::is_no_such_key) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(ServiceError::new("s3:GetObject", &error)),
        };
        let failed = |code: &str, retry| ServiceError {
            operation: "s3:GetObject",
            code: code.to_owned(),
            retry,
        };
        if found.content_length.is_some_and(|length| length > LARGEST) {
            return Err(failed("TooLarge", Retry::Never));
        }
        let tag = found.e_tag.unwrap_or_default();
        let body = found.body.collect().await;
        let body = body.map_err(|_| failed("CutOff", Retry::MayHelp))?;
        Ok(Some(Stored {
            bytes: body.to_vec(),
            tag,
        }))
    }
}

/// Keeps what was compiled: `s3:PutObject` below `compiled/` in one bucket, and nothing else.
#[derive(Debug, Clone)]
pub struct CompiledWriter {
    client: Client,
    bucket: String,
}

impl CompiledWriter {
    /// A writer to `bucket`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, bucket: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            bucket: bucket.into(),
        }
    }

    /// Keeps sealed code under a key, in place of what was seen there or of nothing. Whoever was quicker compiled the
    /// same, so that it stays.
    pub async fn write(
        &self,
        key: &str,
        sealed: Vec<u8>,
        seen: Option<&Stored>,
    ) -> Result<Created, ServiceError> {
        let put = self.client.put_object().bucket(&self.bucket).key(key);
        let put = match seen {
            Some(seen) => put.if_match(&seen.tag),
            None => put.if_none_match("*"),
        };
        match put.body(ByteStream::from(sealed)).send().await {
            Ok(_) => Ok(Created::Now),
            Err(error) if is_refused(&error) => Ok(Created::Before),
            Err(error) => Err(ServiceError::new("s3:PutObject", &error)),
        }
    }
}
