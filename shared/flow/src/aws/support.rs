//! The topic of the support team.

use aws_sdk_sns::{Client, types::MessageAttributeValue};
use aws_types::SdkConfig;
use lambda_kit::error::ServiceError;

use super::unmakeable;
use crate::message::Message;

/// Tells the support team: `sns:Publish` on its topic.
#[derive(Debug, Clone)]
pub struct SupportSender {
    client: Client,
    topic: String,
}

impl SupportSender {
    /// A sender to `topic`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, topic: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            topic: topic.into(),
        }
    }

    /// Tells them. SNS has no idempotency key for standard topics: `key` travels along for receivers to
    /// recognise a repetition by.
    pub async fn tell(&self, message: &Message, key: &str) -> Result<(), ServiceError> {
        const OPERATION: &str = "sns:Publish";
        let key = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(key)
            .build()
            .map_err(|_| unmakeable(OPERATION))?;
        self.client
            .publish()
            .topic_arn(&self.topic)
            .subject(&message.subject)
            .message(&message.text)
            .message_attributes("idempotency.key", key)
            .send()
            .await
            .map_err(|error| ServiceError::new(OPERATION, &error))?;
        Ok(())
    }
}
