//! SNS: who is subscribed to the topic by text message.

use std::collections::BTreeMap;

use aws_sdk_sns::Client;
use identity::PhoneNumber;
use lambda_kit::{Retry, error::ServiceError};

/// How subscriptions by text message are called.
const SMS: &str = "sms";

/// The subscriptions by text message: the ARN of each by its number.
pub(crate) type Subscribed = BTreeMap<PhoneNumber, String>;

/// Reads and changes subscriptions: `sns:ListSubscriptionsByTopic`, `Subscribe` and `Unsubscribe` on the
/// topic.
#[derive(Debug, Clone)]
pub(crate) struct OnCallSubscriber {
    client: Client,
    topic: String,
}

/// SNS did not do it.
#[derive(Debug, thiserror::Error)]
#[error("the subscriptions of the topic can't be read or changed")]
pub struct TopicError(#[source] ServiceError);

impl TopicError {
    /// Whether trying again may help.
    pub(crate) const fn retry(&self) -> Retry {
        self.0.retry
    }
}

impl OnCallSubscriber {
    pub(crate) fn new(sdk: &aws_types::SdkConfig, topic: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            topic: topic.into(),
        }
    }

    /// All who are subscribed by text message. What is subscribed otherwise is not looked at.
    pub(crate) async fn subscribed(&self) -> Result<Subscribed, TopicError> {
        let (mut subscribed, mut next) = (Subscribed::new(), None);
        loop {
            let page = self
                .client
                .list_subscriptions_by_topic()
                .topic_arn(&self.topic)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| {
                    TopicError(ServiceError::new("sns:ListSubscriptionsByTopic", &error))
                })?;
            for each in page.subscriptions.unwrap_or_default() {
                let number = each.endpoint.as_deref().and_then(number);
                let arn = each.subscription_arn.filter(|arn| arn.starts_with("arn:"));
                if each.protocol.as_deref() == Some(SMS) {
                    subscribed.extend(number.zip(arn));
                }
            }
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(subscribed);
            }
        }
    }

    /// Subscribes a number. One that is subscribed stays so.
    pub(crate) async fn subscribe(&self, number: &PhoneNumber) -> Result<(), TopicError> {
        let subscribed = self
            .client
            .subscribe()
            .topic_arn(&self.topic)
            .protocol(SMS)
            .endpoint(number.as_str())
            .send()
            .await;
        subscribed.map_err(|error| TopicError(ServiceError::new("sns:Subscribe", &error)))?;
        Ok(())
    }

    /// Ends a subscription. One that is not there any more stays so.
    pub(crate) async fn unsubscribe(&self, arn: &str) -> Result<(), TopicError> {
        let ended = self.client.unsubscribe().subscription_arn(arn).send().await;
        match ended.map_err(|error| ServiceError::new("sns:Unsubscribe", &error)) {
            Err(error) if error.code != "NotFound" => Err(TopicError(error)),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

/// SNS tells numbers with their plus, and in some regions without.
fn number(endpoint: &str) -> Option<PhoneNumber> {
    let with_plus = endpoint.parse().ok();
    with_plus.or_else(|| format!("+{endpoint}").parse().ok())
}
