//! The table `deliveries`.

use aws_sdk_dynamodb::Client;
use lambda_kit::{
    dynamodb::{Row, text},
    error::ServiceError,
};

use super::{Put, StoreError, put};
use crate::{Delivery, DeliveryId, Subscription, delivery::key};

/// As many as a page has.
const PAGE: i32 = 50;

/// Reads and writes single deliveries: `dynamodb:GetItem` and `PutItem` on the table.
#[derive(Debug, Clone)]
pub struct DeliveryStore {
    client: Client,
    table: String,
}

/// Lists deliveries: `dynamodb:Query` on the table.
#[derive(Debug, Clone)]
pub struct DeliveryLog {
    client: Client,
    table: String,
}

/// Some deliveries, and after which more of them follow.
#[derive(Debug)]
pub struct DeliveryPage {
    /// The deliveries, what happened last in front.
    pub deliveries: Vec<Delivery>,
    /// Where to go on.
    pub next: Option<String>,
}

impl DeliveryStore {
    /// A store in `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The delivery `id` of what is kept under `subscription`, as it is now.
    pub async fn find(
        &self,
        subscription: &str,
        id: &DeliveryId,
    ) -> Result<Option<Delivery>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(row_key(subscription, id.as_str())))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.map(serde_dynamo::from_item).transpose();
        row.map_err(|_| StoreError::Malformed)
    }

    /// The same of a subscription.
    pub async fn find_of(
        &self,
        subscription: &Subscription,
        id: &DeliveryId,
    ) -> Result<Option<Delivery>, StoreError> {
        self.find(&key_of(subscription), id).await
    }

    /// Writes `delivery` on top of the version before its own; a new one where there is none yet.
    pub async fn put(&self, delivery: &Delivery) -> Result<Put, StoreError> {
        let before = delivery.version.saturating_sub(1);
        put(&self.client, &self.table, delivery, before).await
    }
}

impl DeliveryLog {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// Those of a subscription before `before`, what happened last in front.
    pub async fn of(
        &self,
        subscription: &Subscription,
        before: Option<&DeliveryId>,
    ) -> Result<DeliveryPage, StoreError> {
        let whose = key_of(subscription);
        let start = before.map(|before| row_key(&whose, before.as_str()));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("subscription = :subscription")
            .expression_attribute_values(":subscription", text(&whose))
            .set_exclusive_start_key(start)
            .scan_index_forward(false)
            .limit(PAGE)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let next = answer.last_evaluated_key.and_then(|key| {
            let id = key.get("delivery_id")?.as_s().ok()?;
            Some(id.clone())
        });
        let rows = answer.items.unwrap_or_default();
        Ok(DeliveryPage {
            deliveries: serde_dynamo::from_items(rows).map_err(|_| StoreError::Malformed)?,
            next,
        })
    }
}

fn key_of(subscription: &Subscription) -> String {
    let Subscription {
        tenant,
        partner,
        subscription_id,
        ..
    } = subscription;
    key(tenant, partner, subscription_id)
}

fn row_key(subscription: &str, delivery: &str) -> Row {
    Row::from([
        ("subscription".to_owned(), text(subscription)),
        ("delivery_id".to_owned(), text(delivery)),
    ])
}
