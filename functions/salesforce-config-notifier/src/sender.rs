//! SNS: the topic of changes of configuration.

use std::collections::HashMap;

use aws_sdk_sns::{Client, types::MessageAttributeValue};
use aws_types::SdkConfig;
use lambda_kit::error::ServiceError;
use serde_json::json;

use crate::{
    letter::{Audience, Letter},
    operators::Address,
};

/// Sends mail by a topic: `sns:Publish` and `sns:Subscribe` on it.
#[derive(Debug, Clone)]
pub(crate) struct MailSender {
    client: Client,
    topic: String,
}

impl MailSender {
    pub(crate) fn new(sdk: &SdkConfig, topic: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            topic: topic.into(),
        }
    }

    /// Publishes a letter. Subscriptions tell by the attributes whether it is theirs; the key is for
    /// receivers to recognise a repetition by, since SNS knows none.
    pub(crate) async fn publish(&self, letter: &Letter) -> Result<(), ServiceError> {
        let mut attributes = vec![
            ("idempotency.key", letter.key.clone()),
            ("audience", letter.audience.name().to_owned()),
        ];
        if let Audience::Operator(digest) = &letter.audience {
            attributes.push(("operator", digest.clone()));
        }
        self.client
            .publish()
            .topic_arn(&self.topic)
            .subject(letter.subject.as_str())
            .message(&letter.text)
            .set_message_attributes(texts(attributes))
            .send()
            .await
            .map_err(|error| ServiceError::new("sns:Publish", &error))?;
        Ok(())
    }

    /// Subscribes an operator to what is for them. SNS asks them to confirm it; one that is there is left as
    /// it is.
    pub(crate) async fn subscribe(&self, address: &Address) -> Result<(), ServiceError> {
        let audience = Audience::Operator(address.digest());
        let policy = json!({ "audience": [audience.name()], "operator": [address.digest()] });
        self.client
            .subscribe()
            .topic_arn(&self.topic)
            .protocol("email")
            .endpoint(address.endpoint())
            .attributes("FilterPolicy", policy.to_string())
            .send()
            .await
            .map_err(|error| ServiceError::new("sns:Subscribe", &error))?;
        Ok(())
    }
}

/// Texts as message attributes. The builder refuses only an attribute without a data type.
fn texts(texts: Vec<(&str, String)>) -> Option<HashMap<String, MessageAttributeValue>> {
    let attribute = |(name, text): (&str, String)| {
        let value = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(text)
            .build();
        Some((name.to_owned(), value.ok()?))
    };
    texts.into_iter().map(attribute).collect()
}
