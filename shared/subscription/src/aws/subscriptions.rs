//! The table `subscriptions`.

use aws_sdk_dynamodb::Client;
use lambda_kit::{
    dynamodb::{Row, is_refused, query_all, text},
    error::ServiceError,
};
use tenancy::{PartnerId, TenantId};

use super::{Put, StoreError, put};
use crate::{
    Subscription, SubscriptionId,
    subscription::{part, prefix},
};

/// Lists subscriptions: `dynamodb:Query` on the table.
#[derive(Debug, Clone)]
pub struct SubscriptionLister {
    client: Client,
    table: String,
}

/// Reads and writes single subscriptions: `dynamodb:GetItem` and `PutItem` on the table.
#[derive(Debug, Clone)]
pub struct SubscriptionStore {
    client: Client,
    table: String,
}

/// Removes subscriptions: `dynamodb:DeleteItem` on the table.
#[derive(Debug, Clone)]
pub struct SubscriptionRemover {
    client: Client,
    table: String,
}

impl SubscriptionLister {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// All of the partner's; each has few.
    pub async fn of(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
    ) -> Result<Vec<Subscription>, StoreError> {
        self.beginning_with(tenant, prefix(partner)).await
    }

    /// All of the tenant's partners'.
    pub async fn of_tenant(&self, tenant: &TenantId) -> Result<Vec<Subscription>, StoreError> {
        self.beginning_with(tenant, "subscription#".to_owned())
            .await
    }

    async fn beginning_with(
        &self,
        tenant: &TenantId,
        prefix: String,
    ) -> Result<Vec<Subscription>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("tenant = :tenant AND begins_with(part, :prefix)")
            .expression_attribute_values(":tenant", text(tenant.as_str()))
            .expression_attribute_values(":prefix", text(prefix));
        let rows = query_all(query).await?;
        serde_dynamo::from_items(rows).map_err(|_| StoreError::Malformed)
    }
}

impl SubscriptionStore {
    /// A store in `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The subscription as it is now; `None` if the partner has none of that id.
    pub async fn find(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
        id: &SubscriptionId,
    ) -> Result<Option<Subscription>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(tenant, &part(partner, id))))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.map(serde_dynamo::from_item).transpose();
        row.map_err(|_| StoreError::Malformed)
    }

    /// Writes `subscription` on top of the version before its own.
    pub async fn put(&self, subscription: &Subscription) -> Result<Put, StoreError> {
        let before = subscription.version.saturating_sub(1);
        put(&self.client, &self.table, subscription, before).await
    }
}

impl SubscriptionRemover {
    /// A writer to `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// Removes what stands there, with its secrets; that nothing does is as good.
    pub async fn remove(&self, subscription: &Subscription) -> Result<(), StoreError> {
        let removed = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key(&subscription.tenant, &subscription.part)))
            .condition_expression("attribute_exists(part)")
            .send()
            .await;
        match removed {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:DeleteItem", &error).into()),
        }
    }
}

fn key(tenant: &TenantId, part: &str) -> Row {
    Row::from([
        ("tenant".to_owned(), text(tenant.as_str())),
        ("part".to_owned(), text(part)),
    ])
}
