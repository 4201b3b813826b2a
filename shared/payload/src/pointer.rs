//! The pointer that stands in a message's body in place of the payload.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{
    format::{Format, LEGACY_POINTER_CLASS, POINTER_CLASS, Style},
    key::{Key, LONGEST_KEY},
};

const BUCKET: &str = "s3BucketName";
const KEY: &str = "s3Key";
const SCHEME: &str = "s3://";

/// Why a body is no pointer that is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPointer {
    /// It is not the JSON array of two that a typed object is.
    #[error("it is no JSON array of a class and an object")]
    Shape,
    /// It is an object of another class.
    #[error("its class is not that of a pointer")]
    Class,
    /// It is a URI of something else than an object.
    #[error("it is no s3:// with a bucket and a key")]
    Uri,
    /// A part of it is not there, or no text.
    #[error("its {0} is missing or no text")]
    Property(&'static str),
    /// There is no such key in any bucket.
    #[error("its key has not between 1 and 1,024 bytes")]
    Key,
    /// It leads where this reader does not go.
    #[error("its bucket is none that payloads are read from")]
    Bucket,
}

/// The buckets that payloads are read from. Whoever may send a message could otherwise have its
/// reader fetch any object that the reader may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buckets(BTreeSet<String>);

impl Buckets {
    /// These buckets and no others.
    #[must_use]
    pub fn only<B: Into<String>>(buckets: impl IntoIterator<Item = B>) -> Self {
        Self(buckets.into_iter().map(Into::into).collect())
    }
}

/// Where a payload is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pointer {
    bucket: String,
    key: String,
}

impl Pointer {
    /// A pointer to what was written to `bucket` under `key`.
    #[must_use]
    pub fn new(bucket: impl Into<String>, key: &Key) -> Self {
        Self {
            bucket: bucket.into(),
            key: key.as_str().to_owned(),
        }
    }

    /// Reads a message's body, whichever library wrote it. Properties that are not known are passed
    /// over; a key may be any that S3 takes, since senders choose their own.
    pub fn read(body: &str, buckets: &Buckets) -> Result<Self, InvalidPointer> {
        let (class, properties): (String, Map<String, Value>) =
            serde_json::from_str(body).map_err(|_| InvalidPointer::Shape)?;
        if ![POINTER_CLASS, LEGACY_POINTER_CLASS].contains(&class.as_str()) {
            return Err(InvalidPointer::Class);
        }
        let text = |name| {
            let text = properties.get(name).and_then(Value::as_str);
            text.ok_or(InvalidPointer::Property(name))
        };
        Self::found(text(BUCKET)?, text(KEY)?, buckets)
    }

    /// Reads `s3://<bucket>/<key>`, as an event has it in `dataref` whose data lies in S3. The key stands
    /// there as it is, without escapes.
    pub fn of_uri(uri: &str, buckets: &Buckets) -> Result<Self, InvalidPointer> {
        let place = uri.strip_prefix(SCHEME);
        let (bucket, key) = place
            .and_then(|place| place.split_once('/'))
            .ok_or(InvalidPointer::Uri)?;
        Self::found(bucket, key, buckets)
    }

    /// A pointer of which somebody else told the parts.
    pub(crate) fn found(
        bucket: &str,
        key: &str,
        buckets: &Buckets,
    ) -> Result<Self, InvalidPointer> {
        if key.is_empty() || key.len() > LONGEST_KEY {
            return Err(InvalidPointer::Key);
        }
        if !buckets.0.contains(bucket) {
            return Err(InvalidPointer::Bucket);
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
        })
    }

    /// The body of a message that points there.
    #[must_use]
    pub fn write(&self, format: Format) -> String {
        let class = format.pointer_class();
        let [bucket, key] = [&self.bucket, &self.key].map(|text| Value::from(text.as_str()));
        match format.style {
            Style::Compact => format!(r#"["{class}",{{"{BUCKET}":{bucket},"{KEY}":{key}}}]"#),
            Style::Spaced => format!(r#"["{class}", {{"{BUCKET}": {bucket}, "{KEY}": {key}}}]"#),
        }
    }

    /// The object as a URI, which [`Pointer::of_uri`] reads.
    #[must_use]
    pub fn uri(&self) -> String {
        format!("{SCHEME}{}/{}", self.bucket, self.key)
    }

    /// The bucket's name.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The object's key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}
