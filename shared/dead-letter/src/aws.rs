//! The queues themselves.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use aws_sdk_sqs::{
    Client,
    primitives::Blob,
    types::{Message, MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName},
};
use aws_types::SdkConfig;
use jiff::Timestamp;
use lambda_kit::{Retry, error::ServiceError, redact::Redacted};

use crate::{Attribute, AttributeValue, DeadLetterQueue, Letter};

/// As many messages as SQS gives at once.
const BATCH: i32 = 10;

/// For how many seconds SQS looks for messages on all of its machines. Without that it asks some of
/// them, and finds nothing in a queue of few messages.
const WAIT: i32 = 1;

/// What EventBridge writes on what it could not deliver; the queue would have got it without.
const OF_A_RULE: [&str; 6] = [
    "RULE_ARN",
    "TARGET_ARN",
    "ERROR_CODE",
    "ERROR_MESSAGE",
    "EXHAUSTED_RETRY_CONDITION",
    "RETRY_ATTEMPTS",
];

/// Finds queues by their names: `sqs:GetQueueUrl` on them. AWS asks not to make a queue's address of
/// its parts.
#[derive(Debug, Clone)]
pub struct QueueFinder {
    client: Client,
    prefix: String,
}

/// What lies in one dead-letter queue: `sqs:GetQueueAttributes`, `sqs:ReceiveMessage`,
/// `sqs:ChangeMessageVisibility` and `sqs:DeleteMessage` on it.
#[derive(Debug, Clone)]
pub struct Letters {
    client: Client,
    url: String,
}

/// Puts letters back into the queue that they came from: `sqs:SendMessage` on it.
#[derive(Debug, Clone)]
pub struct SourceSender {
    client: Client,
    url: String,
}

impl QueueFinder {
    /// A finder of the queues whose names begin with `prefix`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, prefix: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            prefix: prefix.into(),
        }
    }

    /// What lies in `queue`.
    pub async fn letters(&self, queue: &DeadLetterQueue) -> Result<Letters, ServiceError> {
        Ok(Letters {
            client: self.client.clone(),
            url: self.url(&queue.name).await?,
        })
    }

    /// The way into the queue `name`.
    pub async fn source(&self, name: &str) -> Result<SourceSender, ServiceError> {
        Ok(SourceSender {
            client: self.client.clone(),
            url: self.url(name).await?,
        })
    }

    async fn url(&self, name: &str) -> Result<String, ServiceError> {
        let found = self
            .client
            .get_queue_url()
            .queue_name(format!("{}{name}", self.prefix))
            .send()
            .await
            .map_err(|error| ServiceError::new("sqs:GetQueueUrl", &error))?;
        found
            .queue_url
            .ok_or_else(|| unreadable("sqs:GetQueueUrl", Retry::MayHelp))
    }
}

impl Letters {
    /// About how many there are, those that somebody is looking at as well.
    pub async fn count(&self) -> Result<u64, ServiceError> {
        let names = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
            QueueAttributeName::ApproximateNumberOfMessagesDelayed,
        ];
        let answer = self
            .client
            .get_queue_attributes()
            .queue_url(&self.url)
            .set_attribute_names(Some(names.to_vec()))
            .send()
            .await
            .map_err(|error| ServiceError::new("sqs:GetQueueAttributes", &error))?;
        let counts = names.iter().map(|name| {
            let count = answer.attributes()?.get(name)?;
            count.parse::<u64>().ok()
        });
        counts
            .sum::<Option<u64>>()
            .ok_or_else(|| unreadable("sqs:GetQueueAttributes", Retry::MayHelp))
    }

    /// Ten of them at most, which nobody else gets while they are `hidden`; none once there are none
    /// that are not.
    pub async fn receive(&self, hidden: Duration) -> Result<Vec<Letter>, ServiceError> {
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(BATCH)
            .visibility_timeout(i32::try_from(hidden.as_secs()).unwrap_or(i32::MAX))
            .wait_time_seconds(WAIT)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All")
            .send()
            .await
            .map_err(|error| ServiceError::new("sqs:ReceiveMessage", &error))?;
        let messages = answer.messages.unwrap_or_default();
        Ok(messages.into_iter().filter_map(letter).collect())
    }

    /// Removes one. Whether it was removed before makes no difference.
    pub async fn delete(&self, letter: &Letter) -> Result<(), ServiceError> {
        let deleted = self
            .client
            .delete_message()
            .queue_url(&self.url)
            .receipt_handle(&letter.receipt)
            .send()
            .await;
        match deleted.map_err(|error| ServiceError::new("sqs:DeleteMessage", &error)) {
            Err(error) if error.code != "ReceiptHandleIsInvalid" => Err(error),
            _ => Ok(()),
        }
    }

    /// Lets others get one again at once, and not only when its time is over.
    pub async fn show_again(&self, letter: &Letter) -> Result<(), ServiceError> {
        self.client
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(&letter.receipt)
            .visibility_timeout(0)
            .send()
            .await
            .map_err(|error| ServiceError::new("sqs:ChangeMessageVisibility", &error))?;
        Ok(())
    }
}

impl SourceSender {
    /// Sends what the letter says with what its sender wrote on it. Twice is as good as once: whoever
    /// receives it knows it again by what it says.
    pub async fn send(&self, letter: &Letter) -> Result<(), ServiceError> {
        let own = letter
            .attributes
            .iter()
            .filter(|(name, _)| !OF_A_RULE.contains(&name.as_str()));
        let attributes = own
            .map(|(name, attribute)| Ok((name.clone(), attribute_value(attribute)?)))
            .collect::<Result<HashMap<_, _>, ServiceError>>()?;
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(letter.body.expose())
            .set_message_attributes((!attributes.is_empty()).then_some(attributes))
            .send()
            .await
            .map_err(|error| ServiceError::new("sqs:SendMessage", &error))?;
        Ok(())
    }
}

/// The message; `None` if it lacks what every message has.
fn letter(message: Message) -> Option<Letter> {
    let attributes = message.attributes.unwrap_or_default();
    let system = |name: MessageSystemAttributeName| attributes.get(&name);
    let moment = |name| {
        let millis: i64 = system(name)?.parse().ok()?;
        Timestamp::from_millisecond(millis).ok()
    };
    let received = system(MessageSystemAttributeName::ApproximateReceiveCount);
    let own = message.message_attributes.unwrap_or_default();
    Some(Letter {
        message_id: message.message_id?,
        receipt: message.receipt_handle?,
        body: Redacted::new(message.body?),
        attributes: own
            .into_iter()
            .filter_map(|(name, value)| Some((name, attribute(value)?)))
            .collect::<BTreeMap<_, _>>(),
        sent_at: moment(MessageSystemAttributeName::SentTimestamp)?,
        first_received_at: moment(MessageSystemAttributeName::ApproximateFirstReceiveTimestamp),
        receive_count: received.and_then(|count| count.parse().ok())?,
    })
}

fn attribute(value: MessageAttributeValue) -> Option<Attribute> {
    let MessageAttributeValue {
        data_type,
        string_value,
        binary_value,
        ..
    } = value;
    let text = string_value.map(|text| AttributeValue::Text(Redacted::new(text)));
    let bytes = binary_value.map(|bytes| AttributeValue::Binary(Redacted::new(bytes.into_inner())));
    Some(Attribute {
        data_type,
        value: text.or(bytes)?,
    })
}

fn attribute_value(attribute: &Attribute) -> Result<MessageAttributeValue, ServiceError> {
    let value = MessageAttributeValue::builder().data_type(&attribute.data_type);
    let value = match &attribute.value {
        AttributeValue::Text(text) => value.string_value(text.expose()),
        AttributeValue::Binary(bytes) => value.binary_value(Blob::new(bytes.expose().clone())),
    };
    value
        .build()
        .map_err(|_| unreadable("sqs:SendMessage", Retry::Never))
}

/// That what SQS says, or is to be told, is not what it has to be.
fn unreadable(operation: &'static str, retry: Retry) -> ServiceError {
    ServiceError {
        operation,
        code: "Unreadable".to_owned(),
        retry,
    }
}
