//! Giving messages back to the queue for a while.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_types::SdkConfig;
use jiff::Timestamp;
use lambda_kit::{
    batch::sqs::Message,
    config::{ConfigError, Environment},
    error::ServiceError,
};

/// As long as a queue hides a message, counted from when it was received: twelve hours, and some to spare.
const LONGEST: Duration = Duration::from_hours(11);

/// Says for how long messages are hidden: `sqs:ChangeMessageVisibility` on the tenant's queues.
#[derive(Debug, Clone)]
pub(crate) struct Visibility {
    client: Client,
    queue_url: String,
    fifo_url: Option<String>,
}

impl Visibility {
    pub(crate) fn new(environment: &Environment, sdk: &SdkConfig) -> Result<Self, ConfigError> {
        let fifo = environment.optional("TENANT_FIFO_URL");
        Ok(Self {
            client: Client::new(sdk),
            queue_url: environment.required("TENANT_QUEUE_URL")?.to_owned(),
            fifo_url: fifo.filter(|url| !url.is_empty()).map(str::to_owned),
        })
    }

    /// Hides `message` until then. If that fails it comes when its own time is over, which harms nobody.
    pub(crate) async fn until(&self, message: &Message, now: Timestamp, until: Timestamp) {
        let left = Duration::try_from(until.duration_since(now)).unwrap_or_default();
        let left = left.min(LONGEST).as_secs().saturating_add(1);
        let is_fifo = message.queue_arn.strip_suffix(".fifo").is_some();
        let fifo = self.fifo_url.as_ref().filter(|_| is_fifo);
        let changed = self
            .client
            .change_message_visibility()
            .queue_url(fifo.unwrap_or(&self.queue_url))
            .receipt_handle(&message.receipt_handle)
            .visibility_timeout(i32::try_from(left).unwrap_or(i32::MAX))
            .send()
            .await;
        if let Err(error) = changed {
            let error = ServiceError::new("sqs:ChangeMessageVisibility", &error);
            tracing::warn!(%error, "a message comes back when its own time is over");
        }
    }
}
