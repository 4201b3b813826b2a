//! What a consumer got: the payload itself, or a pointer to it.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;

use crate::{
    format::{LEGACY_SIZE_ATTRIBUTE, SIZE_ATTRIBUTE},
    pointer::{Buckets, InvalidPointer, Pointer},
};

/// A message as it came.
#[derive(Clone, PartialEq, Eq)]
pub enum Received {
    /// It has its payload with it.
    Inline(String),
    /// Its payload lies in S3.
    Claim(Claim),
}

/// A payload that is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Claim {
    /// Where it is.
    pub pointer: Pointer,
    /// How many bytes it has, as the sender says. The reader holds the object to that.
    pub bytes: u64,
}

/// Why a message is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Its attribute says that the payload is in S3, and its body does not say where.
    #[error("the body is no pointer that can be followed")]
    Pointer(#[from] InvalidPointer),
    /// Its attribute tells no size.
    #[error("the size of the payload is no whole number above 0")]
    Size,
    /// Its body is not what SNS puts into a queue.
    #[error("the body is no notification of SNS")]
    Envelope,
}

impl Received {
    /// Reads a message whichever way it came: `size` is what its attribute `ExtendedPayloadSize` or
    /// `SQSLargePayloadSize` says. The attribute alone decides whether the body is a pointer; a body
    /// that only looks like one is a text like any other.
    pub fn read(body: String, size: Option<&str>, buckets: &Buckets) -> Result<Self, Unreadable> {
        let Some(size) = size else {
            return Ok(Self::Inline(body));
        };
        let bytes = size.parse::<u64>().ok().filter(|bytes| *bytes > 0);
        Ok(Self::Claim(Claim {
            bytes: bytes.ok_or(Unreadable::Size)?,
            pointer: Pointer::read(&body, buckets)?,
        }))
    }

    /// Reads a record of Lambda's event for a queue. What a topic delivers raw is one too.
    pub fn of_sqs(record: SqsRecord, buckets: &Buckets) -> Result<Self, Unreadable> {
        let size = Self::size_of(record.message_attributes.as_ref())?;
        let size = size.map(str::to_owned);
        Self::read(record.body, size.as_deref(), buckets)
    }

    /// Reads a record of Lambda's event for a queue to which a topic delivers its notifications
    /// unless they are asked for raw: in a JSON object of SNS's. Whether it does is a matter of the
    /// subscription, and nothing that a body may decide.
    pub fn of_sns_through_sqs(record: &SqsRecord, buckets: &Buckets) -> Result<Self, Unreadable> {
        let notification = serde_json::from_str(&record.body).map_err(|_| Unreadable::Envelope)?;
        Self::of_notification(notification, buckets)
    }

    /// Reads a record of Lambda's event for a topic.
    pub fn of_sns(record: SnsRecord, buckets: &Buckets) -> Result<Self, Unreadable> {
        Self::of_notification(record.sns, buckets)
    }

    fn of_notification(notification: Notification, buckets: &Buckets) -> Result<Self, Unreadable> {
        if notification.kind != "Notification" {
            return Err(Unreadable::Envelope);
        }
        let size = Self::size_of(notification.message_attributes.as_ref())?;
        let size = size.map(str::to_owned);
        Self::read(notification.message, size.as_deref(), buckets)
    }

    /// What the attribute with the size says, under either of its names.
    fn size_of(
        attributes: Option<&BTreeMap<String, TextAttribute>>,
    ) -> Result<Option<&str>, Unreadable> {
        let attribute = attributes.and_then(|attributes| {
            let current = attributes.get(SIZE_ATTRIBUTE);
            current.or_else(|| attributes.get(LEGACY_SIZE_ATTRIBUTE))
        });
        let Some(attribute) = attribute else {
            return Ok(None);
        };
        let text = attribute.text.as_deref();
        text.map(Some).ok_or(Unreadable::Size)
    }
}

/// A message holds what is nobody's business: only how long it is gets into a log.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline(text) => write!(f, "Inline({} bytes)", text.len()),
            Self::Claim(claim) => f.debug_tuple("Claim").field(claim).finish(),
        }
    }
}

/// What matters of a record in Lambda's event for a queue.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SqsRecord {
    /// By which a batch's answer names a message that failed.
    pub message_id: String,
    /// The message.
    pub body: String,
    /// Its attributes.
    pub message_attributes: Option<BTreeMap<String, TextAttribute>>,
}

/// What matters of a record in Lambda's event for a topic.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SnsRecord {
    /// What was published.
    pub sns: Notification,
}

/// What matters of a notification of SNS, in Lambda's event or in the body of a queue's message.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Notification {
    /// `Notification`; the messages by which a subscription is confirmed are of other types.
    #[serde(rename = "Type")]
    pub kind: String,
    /// What SNS knows it by.
    pub message_id: String,
    /// The message.
    pub message: String,
    /// Its attributes.
    pub message_attributes: Option<BTreeMap<String, TextAttribute>>,
}

/// The text of an attribute, if it has one: SQS calls it `stringValue`, and SNS `Value`.
#[derive(Clone, Deserialize)]
pub struct TextAttribute {
    /// What it says.
    #[serde(rename = "stringValue", alias = "Value")]
    pub text: Option<String>,
}
