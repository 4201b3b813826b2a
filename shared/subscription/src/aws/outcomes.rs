//! What came of an attempt, with how the endpoint does and whom that is told, at once.

use aws_sdk_dynamodb::Client;
use lambda_kit::dynamodb::{TransactionFailure, number, put, transact, transact_put};
use serde::Serialize;

use super::{Put, StoreError};
use crate::{Delivery, Subscription};

/// Writes a delivery, its subscription and what is told of that together: `dynamodb:PutItem` on both tables.
#[derive(Debug, Clone)]
pub struct OutcomeWriter {
    client: Client,
    deliveries: String,
    subscriptions: String,
}

impl OutcomeWriter {
    /// A writer to both tables.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        deliveries: impl Into<String>,
        subscriptions: impl Into<String>,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            deliveries: deliveries.into(),
            subscriptions: subscriptions.into(),
        }
    }

    /// Writes both on top of the versions before their own, and what is `told` of that beside them, or
    /// nothing. A partner has so few subscriptions that one transaction holds what all of them are told.
    pub async fn put(
        &self,
        delivery: &Delivery,
        subscription: &Subscription,
        told: &[Delivery],
    ) -> Result<Put, StoreError> {
        let mut writes = vec![
            on_top(&self.deliveries, delivery, delivery.version)?,
            on_top(&self.subscriptions, subscription, subscription.version)?,
        ];
        for each in told {
            let put = put(&self.deliveries, each)?
                .condition_expression("attribute_not_exists(#version)")
                .expression_attribute_names("#version", "version");
            writes.push(transact_put(put)?);
        }
        match transact(&self.client, writes).await {
            Ok(()) => Ok(Put::Done),
            Err(TransactionFailure::Refused(_)) => Ok(Put::Overtaken),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }
}

fn on_top(
    table: &str,
    row: &impl Serialize,
    version: u64,
) -> Result<aws_sdk_dynamodb::types::TransactWriteItem, StoreError> {
    let put = put(table, row)?
        .condition_expression("#version = :before")
        .expression_attribute_names("#version", "version")
        .expression_attribute_values(":before", number(version.saturating_sub(1)));
    Ok(transact_put(put)?)
}
