//! The queues `salesforce-reread` and `salesforce-config`.

use aws_sdk_sqs::Client;
use lambda_kit::{Retry, error::ServiceError};

use crate::{CATCH_UP, RereadRequest, WholeState};

/// Asks for records to be read again: `sqs:SendMessage` on the queue `salesforce-reread`.
#[derive(Debug, Clone)]
pub struct RereadQueue(Sender);

/// Hands over what was read: `sqs:SendMessage` on the queue `salesforce-config`.
#[derive(Debug, Clone)]
pub struct ConfigQueue(Sender);

#[derive(Debug, Clone)]
struct Sender {
    client: Client,
    url: String,
}

impl RereadQueue {
    /// A sender to the queue at `url`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, url: impl Into<String>) -> Self {
        Self(Sender::new(sdk, url.into()))
    }

    /// Asks. Twice is as good as once.
    pub async fn ask(&self, request: &RereadRequest) -> Result<(), ServiceError> {
        self.0.send(serde_json::to_string(request)).await
    }

    /// Asks for whatever changed since it was read last. Twice is as good as once.
    pub async fn catch_up(&self) -> Result<(), ServiceError> {
        self.0.send(Ok(CATCH_UP.to_owned())).await
    }
}

impl ConfigQueue {
    /// A sender to the queue at `url`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, url: impl Into<String>) -> Self {
        Self(Sender::new(sdk, url.into()))
    }

    /// Hands it over. Twice is as good as once.
    pub async fn hand_over(&self, state: &WholeState) -> Result<(), ServiceError> {
        self.0.send(state.message()).await
    }
}

impl Sender {
    fn new(sdk: &aws_types::SdkConfig, url: String) -> Self {
        Self {
            client: Client::new(sdk),
            url,
        }
    }

    async fn send(&self, body: Result<String, serde_json::Error>) -> Result<(), ServiceError> {
        let body = body.map_err(|_| ServiceError {
            operation: "sqs:SendMessage",
            code: "InvalidBody".to_owned(),
            retry: Retry::Never,
        })?;
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_body(body)
            .send()
            .await
            .map_err(|error| ServiceError::new("sqs:SendMessage", &error))?;
        Ok(())
    }
}
