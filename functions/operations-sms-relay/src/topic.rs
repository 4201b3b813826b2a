//! SNS: what text messages say.

use aws_sdk_sns::{Client, types::MessageAttributeValue};
use contact::InboundSms;
use lambda_kit::{Retry, error::ServiceError};

/// Publishes what text messages say: `sns:Publish` on the topic.
#[derive(Debug, Clone)]
pub(crate) struct BodyPublisher {
    client: Client,
    topic: String,
}

/// SNS did not take a message.
#[derive(Debug, thiserror::Error)]
#[error("the message was not passed on")]
pub struct PublishError(#[source] ServiceError);

impl BodyPublisher {
    pub(crate) fn new(sdk: &aws_types::SdkConfig, topic: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            topic: topic.into(),
        }
    }

    /// Publishes the words of `sms` alone. `key` travels along for receivers to recognise a repetition by.
    pub(crate) async fn publish(&self, sms: &InboundSms, key: &str) -> Result<(), PublishError> {
        let key = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(key)
            .build()
            .map_err(|_| {
                PublishError(ServiceError {
                    operation: "sns:Publish",
                    code: "InvalidKey".to_owned(),
                    retry: Retry::Never,
                })
            })?;
        self.client
            .publish()
            .topic_arn(&self.topic)
            .message(sms.body.expose())
            .message_attributes("idempotency.key", key)
            .send()
            .await
            .map_err(|error| PublishError(ServiceError::new("sns:Publish", &error)))?;
        Ok(())
    }
}
