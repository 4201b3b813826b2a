//! A message in a queue.

use std::time::Duration;

use jiff::Timestamp;
use lambda_kit::clock::later;
use serde_json::{Map, Value, json};

use super::{SentMessage, attribute_values, delay, md5_of_attributes, md5_of_body, text};
use crate::call::each;

/// A message, from when it is sent until it is deleted.
pub(super) struct Held {
    queue: String,
    id: String,
    /// `MessageBody` and `MessageAttributes`, as they were sent.
    message: Value,
    sent_at: Timestamp,
    first_received_at: Option<Timestamp>,
    receive_count: usize,
    hidden_until: Timestamp,
    is_deleted: bool,
}

/// What a receipt means for the message that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Receipt {
    /// It is of another message, or of none.
    Another,
    /// The message was received again since.
    Outdated,
    /// The message was received by it last.
    Latest,
}

impl Held {
    pub(super) fn new(
        queue: &str,
        id: &str,
        message: &Value,
        receive_count: usize,
        now: Timestamp,
    ) -> Self {
        let delay = Duration::from_secs(delay(message).unwrap_or_default());
        Self {
            queue: queue.to_owned(),
            id: id.to_owned(),
            message: message.clone(),
            sent_at: now,
            first_received_at: (receive_count > 0).then_some(now),
            receive_count,
            hidden_until: later(now, delay),
            is_deleted: false,
        }
    }

    pub(super) fn is_in(&self, queue: &str) -> bool {
        self.queue == queue && !self.is_deleted
    }

    pub(super) fn is_visible(&self, now: Timestamp) -> bool {
        self.hidden_until <= now
    }

    /// Whether it is hidden since somebody received it, and not since it was sent so.
    pub(super) fn is_in_flight(&self, now: Timestamp) -> bool {
        !self.is_visible(now) && self.receive_count > 0
    }

    pub(super) fn as_sent(&self) -> SentMessage {
        SentMessage {
            queue: self.queue.clone(),
            message_id: self.id.clone(),
            body: text(&self.message, "MessageBody").to_owned(),
            attributes: attribute_values(&self.message),
            delay: delay(&self.message).unwrap_or_default(),
            group: super::optional(&self.message, "MessageGroupId"),
            deduplication: super::optional(&self.message, "MessageDeduplicationId"),
        }
    }

    /// Hides it for a while, and says what whoever asked with `input` gets of it.
    pub(super) fn receive(&mut self, input: &Value, hidden: Duration, now: Timestamp) -> Value {
        self.receive_count += 1;
        self.first_received_at.get_or_insert(now);
        self.hidden_until = later(now, hidden);
        let body = text(&self.message, "MessageBody");
        let mut received = json!({
            "MessageId": self.id,
            "ReceiptHandle": format!("{}#{}", self.id, self.receive_count),
            "Body": body,
            "MD5OfBody": md5_of_body(body),
        });
        if let Value::Object(received) = &mut received {
            self.add_attributes(input, received);
        }
        received
    }

    /// What `input` asks for beside the message itself.
    fn add_attributes(&self, input: &Value, received: &mut Map<String, Value>) {
        let asks_for = |list: &str, name: &str| {
            let mut asked = each(input, list).filter_map(Value::as_str);
            asked.any(|asked| asked == "All" || asked == name)
        };
        let first = self.first_received_at.unwrap_or(self.sent_at);
        let system: Map<String, Value> = [
            ("SenderId", "AIDAIT2UOQQY3AUEKVGXU".to_owned()),
            ("SentTimestamp", self.sent_at.as_millisecond().to_string()),
            ("ApproximateReceiveCount", self.receive_count.to_string()),
            (
                "ApproximateFirstReceiveTimestamp",
                first.as_millisecond().to_string(),
            ),
        ]
        .into_iter()
        .filter(|(name, _)| asks_for("MessageSystemAttributeNames", name))
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
        if !system.is_empty() {
            received.insert("Attributes".to_owned(), system.into());
        }
        let own = self.message.get("MessageAttributes");
        if let (Some(own), Some(md5)) = (own, md5_of_attributes(&self.message))
            && asks_for("MessageAttributeNames", "All")
        {
            received.insert("MessageAttributes".to_owned(), own.clone());
            received.insert("MD5OfMessageAttributes".to_owned(), md5.into());
        }
    }

    pub(super) fn receipt(&self, handle: &str) -> Receipt {
        match handle.rsplit_once('#') {
            Some((id, count)) if id == self.id => {
                if count == self.receive_count.to_string() {
                    Receipt::Latest
                } else {
                    Receipt::Outdated
                }
            }
            _ => Receipt::Another,
        }
    }

    pub(super) const fn delete(&mut self) {
        self.is_deleted = true;
    }

    pub(super) const fn hide_until(&mut self, time: Timestamp) {
        self.hidden_until = time;
    }

    /// Whether it lies in `queue`, or lay there until it was deleted.
    pub(super) fn was_in(&self, queue: &str) -> bool {
        self.queue == queue
    }
}
