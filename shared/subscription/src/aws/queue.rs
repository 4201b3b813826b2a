//! The queue of what is to be sent.

use aws_sdk_sqs::{Client, types::SendMessageBatchRequestEntry};
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
    /// As many as [`send_all`](Self::send_all) takes.
    pub const MOST: usize = 10;

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
        self.client
            .send_message()
            .queue_url(&self.url)
            .delay_seconds(delay)
            .message_body(ticket(delivery)?)
            .send()
            .await
            .map_err(|error| ServiceError::new("sqs:SendMessage", &error))?;
        Ok(())
    }

    /// Puts [at most ten](Self::MOST) there, to come out at once; how many the queue took. The rest is found
    /// as due again.
    pub async fn send_all(&self, deliveries: &[Delivery]) -> Result<usize, StoreError> {
        let entry = |(place, delivery): (usize, &Delivery)| {
            let entry = SendMessageBatchRequestEntry::builder()
                .id(place.to_string())
                .message_body(ticket(delivery)?);
            entry.build().map_err(|_| StoreError::Malformed)
        };
        let entries: Result<Vec<_>, StoreError> =
            deliveries.iter().enumerate().map(entry).collect();
        let answer = self
            .client
            .send_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries?))
            .send()
            .await
            .map_err(|error| ServiceError::new("sqs:SendMessageBatch", &error))?;
        Ok(answer.successful.len())
    }
}

fn ticket(delivery: &Delivery) -> Result<String, StoreError> {
    let ticket = Ticket {
        subscription: delivery.subscription.clone(),
        delivery_id: delivery.delivery_id.clone(),
    };
    serde_json::to_string(&ticket).map_err(|_| StoreError::Malformed)
}
