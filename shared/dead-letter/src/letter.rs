//! A message as it lies in a dead-letter queue.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lambda_kit::redact::Redacted;

/// A dead letter.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The id that the queue knows it by. It keeps it as long as it lies there.
    pub message_id: String,
    /// By what it is deleted, or shown again; each time that it is received, another one.
    pub receipt: String,
    /// What it says. It is handed on and read for what it is about, and never shown.
    pub body: Redacted<String>,
    /// The attributes that its sender gave it.
    pub attributes: BTreeMap<String, Attribute>,
    /// When it was sent: what a queue moved keeps the time of the first queue.
    pub sent_at: Timestamp,
    /// When somebody received it first.
    pub first_received_at: Option<Timestamp>,
    /// How often it was received, by whoever looked at it as well.
    pub receive_count: u32,
}

/// An attribute of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// `String`, `Number` or `Binary`, and what a sender may have added to that.
    pub data_type: String,
    /// Its value.
    pub value: AttributeValue,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// A text or a number.
    Text(Redacted<String>),
    /// Bytes.
    Binary(Redacted<Vec<u8>>),
}

impl Letter {
    /// The text of an attribute.
    #[must_use]
    pub fn text(&self, attribute: &str) -> Option<&str> {
        match &self.attributes.get(attribute)?.value {
            AttributeValue::Text(text) => Some(text.expose()),
            AttributeValue::Binary(_) => None,
        }
    }
}
