//! SNS: text messages and the notifications topic.

use std::collections::HashMap;

use aws_sdk_sns::{Client, types::MessageAttributeValue};
use aws_types::SdkConfig;
use lambda_kit::error::ServiceError;
use notification::Address;
use serde_json::{Value, json};

use crate::notice::{Notice, NoticeKind};

/// Sends notices: `sns:Publish` on the topic and to telephone numbers.
#[derive(Debug, Clone)]
pub(crate) struct NoticeSender {
    client: Client,
    topic: String,
}

/// SNS did not take a notice.
#[derive(Debug, thiserror::Error)]
#[error("the notice was not sent")]
pub struct SendError(#[source] ServiceError);

impl NoticeSender {
    pub(crate) fn new(sdk: &SdkConfig, topic: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            topic: topic.into(),
        }
    }

    /// Sends `notice`, worded as `text`, to `address`. SNS has no idempotency key for standard topics and
    /// text messages: `key` travels along for receivers to recognise a repetition by.
    pub(crate) async fn send(
        &self,
        notice: &Notice,
        text: &str,
        address: &Address,
        key: &str,
    ) -> Result<(), SendError> {
        let request = self.client.publish();
        let request = match address {
            Address::Phone(phone) => request.phone_number(phone.as_str()).message(text),
            Address::Topic => request
                .topic_arn(&self.topic)
                .message(topic_message(notice, text)),
        };
        request
            .set_message_attributes(attributes(&[
                ("idempotency.key", key),
                ("tenant.id", notice.tenant.as_str()),
            ]))
            .send()
            .await
            .map_err(|error| SendError(ServiceError::new("sns:Publish", &error)))?;
        Ok(())
    }
}

/// What subscribers of the topic get: references, no personal data. Of an event it says when that was:
/// messages come in no order.
fn topic_message(notice: &Notice, text: &str) -> String {
    let mut message = json!({
        "notice": notice.kind.name(),
        "text": text,
        "profile_id": notice.profile_id,
        "tenant_id": notice.tenant,
        "event_id": notice.event_id,
    });
    if let (NoticeKind::Event { rule, at }, Value::Object(members)) = (&notice.kind, &mut message) {
        members.insert("event_type".to_owned(), rule.event_type().as_str().into());
        members.insert("at".to_owned(), at.to_string().into());
    }
    message.to_string()
}

/// Texts as message attributes. The builder refuses only an attribute without a data type.
fn attributes(texts: &[(&str, &str)]) -> Option<HashMap<String, MessageAttributeValue>> {
    let attribute = |(name, text): &(&str, &str)| {
        let value = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(*text)
            .build();
        Some(((*name).to_owned(), value.ok()?))
    };
    texts.iter().map(attribute).collect()
}
