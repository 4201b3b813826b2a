//! The queue of what is to be sent.

use aws_sdk_sqs::Client;
use lambda_kit::error::ServiceError;
use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::{Delivery, DeliveryId};

/// Puts deliveries into the queue: `sqs:SendMessage` on it.
#[derive(Debug, Clone)]
pub struct DeliveryQueue {
    client: Client,
    url: String,
}

/// What a message of the queue says: which delivery is to be sent. Whether it is due, its row says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// `<tenant>#<partner>#<subscription>`.
    pub subscription: String,
    /// Which one.
    pub delivery_id: DeliveryId,
}

impl Ticket {
    /// The ticket in the message `body`; `None` if there is none in it.
    #[must_use]
    pub fn read(body: &str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }
}

impl DeliveryQueue {
    /// A sender to the queue at `url`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, url: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            url: url.into(),
        }
    }

    /// Puts `delivery` there, to come out in as many seconds as `delay` says. Twice is as good as once.
    pub async fn send(&self, delivery: &Delivery, delay: i32) -> Result<(), StoreError> {
        let ticket = Ticket {
            subscription: delivery.subscription.clone(),
            delivery_id: delivery.delivery_id.clone(),
        };
        let body = serde_json::to_string(&ticket).map_err(|_| StoreError::Malformed)?;
        self.client
            .send_message()
            .queue_url(&self.url)
            .delay_seconds(delay)
            .message_body(body)
            .send()
            .await
            .map_err(|error| ServiceError::new("sqs:SendMessage", &error))?;
        Ok(())
    }
}
