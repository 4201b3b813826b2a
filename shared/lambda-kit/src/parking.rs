//! Parking: what a stream delivered and can't be processed is kept in a queue with its cause, so
//! that its neighbours go on and a person can look at it.

use aws_sdk_sqs::{Client, types::MessageAttributeValue};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::error::ServiceError;

/// Puts messages on the parking queue: `sqs:SendMessage` on it, and nothing else.
#[derive(Debug, Clone)]
pub struct ParkingSender {
    client: Client,
    queue_url: String,
}

/// What is parked.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Parked<'a> {
    /// The function that could not process it.
    pub service: &'a str,
    /// The same for each attempt to park the same thing.
    pub key: &'a str,
    /// Why it could not be processed, in fixed words.
    pub cause: &'a str,
    /// The thing itself, as it was delivered.
    pub payload: &'a RawValue,
}

impl ParkingSender {
    /// A sender to the queue at `queue_url`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, queue_url: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            queue_url: queue_url.into(),
        }
    }

    /// Parks it. Done twice it lies there twice under the same `idempotency.key`.
    pub async fn park(&self, parked: Parked<'_>) -> Result<(), ServiceError> {
        let body = serde_json::json!(parked).to_string();
        let key = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(parked.key)
            .build()
            .map_err(|_| ServiceError {
                operation: "sqs:SendMessage",
                code: "InvalidKey".to_owned(),
                retry: crate::Retry::Never,
            })?;
        self.client
            .send_message()
            .queue_url(&self.queue_url)
            .message_attributes("idempotency.key", key)
            .message_body(body)
            .send()
            .await
            .map_err(|error| ServiceError::new("sqs:SendMessage", &error))?;
        Ok(())
    }
}
