//! The queue from which people are told.

use aws_sdk_sqs::Client;
use lambda_kit::error::ServiceError;

use crate::EventNotice;

/// Puts notices into the queue: `sqs:SendMessage` on it.
#[derive(Debug, Clone)]
pub struct NoticeQueue {
    client: Client,
    url: String,
}

/// The queue did not take a notice.
#[derive(Debug, thiserror::Error)]
#[error("the notice was not queued")]
pub struct QueueError(#[source] ServiceError);

impl NoticeQueue {
    /// A sender to the queue at `url`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, url: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            url: url.into(),
        }
    }

    /// Puts `notice` there. Twice is as good as once: whoever takes it out tells of an event once.
    pub async fn send(&self, notice: &EventNotice) -> Result<(), QueueError> {
        // A struct of texts is always JSON.
        let body = serde_json::to_string(notice).unwrap_or_default();
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .send()
            .await
            .map_err(|error| QueueError(ServiceError::new("sqs:SendMessage", &error)))?;
        Ok(())
    }
}
