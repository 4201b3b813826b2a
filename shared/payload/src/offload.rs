//! For senders: what is too large goes into S3 first, and then a pointer is sent.

use std::fmt;

use tokio::io::AsyncRead;

use crate::{
    attribute::{Attribute, Attributes},
    aws::{LARGEST, PayloadWriter, Stored, WriteError},
    format::Format,
    key::{InvalidKey, Key, KeyPrefix},
    pointer::Pointer,
    size::{self, InvalidAttributes, Threshold},
};

/// A message as it is to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its body: the payload, or a pointer.
    pub body: String,
    /// Its attributes: with a pointer, one more than the sender's.
    pub attributes: Attributes,
    /// Where the payload is, if it is not in the body.
    pub stored: Option<Stored>,
}

/// Why a message is not to be sent.
#[derive(Debug, thiserror::Error)]
pub enum OffloadError {
    /// No service takes an empty message.
    #[error("the body is empty")]
    EmptyBody,
    /// The attributes leave no place for a pointer.
    #[error("the attributes can't be sent")]
    Attributes(#[from] InvalidAttributes),
    /// The id makes no key.
    #[error("the id makes no key")]
    Key(#[from] InvalidKey),
    /// The payload could not be put into S3.
    #[error("the payload was not written")]
    Write(#[from] WriteError),
}

/// Decides what travels whole, and offloads the rest.
#[derive(Debug, Clone)]
pub struct Offloader {
    writer: PayloadWriter,
    threshold: Threshold,
    prefix: KeyPrefix,
    format: Format,
}

impl Offloader {
    /// One that writes to `writer`'s bucket what exceeds `threshold`: without a prefix, and with the
    /// names of the current generation.
    #[must_use]
    pub fn new(writer: PayloadWriter, threshold: Threshold) -> Self {
        Self {
            writer,
            threshold,
            prefix: KeyPrefix::default(),
            format: Format::default(),
        }
    }

    /// The same, with keys that begin with `prefix`.
    #[must_use]
    pub fn with_prefix(self, prefix: KeyPrefix) -> Self {
        Self { prefix, ..self }
    }

    /// The same, with pointers that are written as `format` says.
    #[must_use]
    pub fn with_format(self, format: Format) -> Self {
        Self { format, ..self }
    }

    /// What to send in place of a message with `body` and `attributes`. Once this returns, the
    /// payload is durable. `id` names it if it is offloaded, [for good](KeyPrefix::key): the same
    /// message under the same id can be offloaded again after a failure.
    pub async fn offload(
        &self,
        body: String,
        attributes: Attributes,
        id: &str,
    ) -> Result<Outgoing, OffloadError> {
        if body.is_empty() {
            return Err(OffloadError::EmptyBody);
        }
        size::check(&attributes)?;
        if !self.threshold.is_exceeded_by(body.len(), &attributes) {
            return Ok(Outgoing {
                body,
                attributes,
                stored: None,
            });
        }
        let key = self.prefix.key(id)?;
        self.check_room(&key, &attributes)?;
        let stored = self.writer.put(&key, body).await?;
        Ok(self.pointing_to(stored, attributes))
    }

    /// What to send for a payload that is too large to be in memory: it always goes into S3, part by
    /// part. It has to be UTF-8, as any message, which its readers check.
    pub async fn offload_stream(
        &self,
        source: impl AsyncRead + Unpin,
        attributes: Attributes,
        id: &str,
    ) -> Result<Outgoing, OffloadError> {
        size::check(&attributes)?;
        let key = self.prefix.key(id)?;
        self.check_room(&key, &attributes)?;
        let stored = self.writer.upload(&key, source).await?;
        Ok(self.pointing_to(stored, attributes))
    }

    /// The message with the pointer can be sent: nothing is uploaded for one that can not.
    fn check_room(&self, key: &Key, attributes: &Attributes) -> Result<(), InvalidAttributes> {
        let pointer = Pointer::new(self.writer.bucket(), key).write(self.format);
        let attributes = self.with_size(attributes.clone(), LARGEST);
        if self.threshold.is_beyond(pointer.len(), &attributes) {
            return Err(InvalidAttributes::TooLarge);
        }
        Ok(())
    }

    fn pointing_to(&self, stored: Stored, attributes: Attributes) -> Outgoing {
        Outgoing {
            body: stored.pointer.write(self.format),
            attributes: self.with_size(attributes, stored.bytes),
            stored: Some(stored),
        }
    }

    fn with_size(&self, mut attributes: Attributes, bytes: u64) -> Attributes {
        let name = self.format.size_attribute().to_owned();
        attributes.insert(name, Attribute::number(bytes));
        attributes
    }
}

/// A message holds what is nobody's business: only how long it is gets into a log.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("body_bytes", &self.body.len())
            .field("attributes", &self.attributes)
            .field("stored", &self.stored)
            .finish()
    }
}
