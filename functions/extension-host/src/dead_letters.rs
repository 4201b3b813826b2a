//! What the tenant's code could not do.

use aws_sdk_sqs::{Client, types::MessageAttributeValue};
use aws_types::SdkConfig;
use lambda_kit::{
    batch::sqs::Message,
    config::{ConfigError, Environment},
    error::ServiceError,
};

use crate::ledger::Dead;

/// Puts what failed for good where the tenant's dead letters lie: `sqs:SendMessage` on that queue.
#[derive(Debug, Clone)]
pub(crate) struct DeadLetters {
    client: Client,
    queue_url: String,
}

impl DeadLetters {
    pub(crate) fn new(environment: &Environment, sdk: &SdkConfig) -> Result<Self, ConfigError> {
        let queue_url = environment.required("TENANT_DEAD_LETTERS_URL")?;
        Ok(Self {
            client: Client::new(sdk),
            queue_url: queue_url.to_owned(),
        })
    }

    /// Puts `message` there, as it was, with why; `key` is the same each time.
    pub(crate) async fn put(
        &self,
        message: &Message,
        key: &str,
        (extension, dead): (&str, &Dead),
    ) -> Result<(), ServiceError> {
        let version = dead.version.as_deref().unwrap_or_default();
        let log = sendable(&dead.log);
        let texts = [
            ("idempotency.key", key),
            ("cause", &dead.cause),
            ("extension", extension),
            ("version", version),
            ("log_tail", &log),
        ];
        let mut put = self
            .client
            .send_message()
            .queue_url(&self.queue_url)
            .message_body(&message.body);
        for (name, text) in texts {
            let attribute = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(text)
                .build();
            // SQS takes no empty attribute.
            if let (Ok(attribute), false) = (attribute, text.is_empty()) {
                put = put.message_attributes(name, attribute);
            }
        }
        put.send()
            .await
            .map_err(|error| ServiceError::new("sqs:SendMessage", &error))?;
        Ok(())
    }
}

/// Without what a queue does not take in a text.
fn sendable(text: &str) -> String {
    let allowed = |c: &char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    let allowed = text.chars().filter(allowed);
    allowed
        .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_queue_takes_is_left_out() {
        assert_eq!(sendable("a\u{1b}[31m\u{0}\nb\u{ffff}"), "a[31m\nb");
    }
}
