//! What partners are shown of erasures, and say about them.

use aws_sdk_dynamodb::Client;
use identity::ErasureId;
use lambda_kit::{
    clock::Clock,
    dynamodb::{Row, is_refused, text},
    error::ServiceError,
    planted,
};
use tenancy::{PartnerId, TenantId};

use super::ErasureError;
use crate::{
    Recipient,
    recipient::{open_for, part},
};

/// The sparse index of what was not acknowledged yet.
const OPEN_INDEX: &str = "open";

/// As many erasures as a page has.
const PAGE: i32 = 50;

/// Finds what a partner has not acknowledged: `dynamodb:Query` on the index `open` of the erasures.
#[derive(Debug, Clone)]
pub struct OpenErasures {
    client: Client,
    table: String,
}

impl OpenErasures {
    /// A reader of the index of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The oldest fifty erasures that the partner has not acknowledged. Acknowledging some makes
    /// room for the next.
    pub async fn of(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
    ) -> Result<Vec<Recipient>, ErasureError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(OPEN_INDEX)
            .key_condition_expression("open_for = :partner")
            .expression_attribute_values(":partner", text(open_for(tenant, partner)))
            .limit(PAGE)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let rows: Vec<Row> = answer.items.unwrap_or_default();
        serde_dynamo::from_items(rows).map_err(|_| ErasureError::Malformed)
    }
}

/// Finds what one partner was told of one erasure: `dynamodb:GetItem` on the erasures.
#[derive(Debug, Clone)]
pub struct RecipientReader {
    client: Client,
    table: String,
}

impl RecipientReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// What the partner was told of the erasure; `None` if it was told nothing, or has acknowledged it.
    pub async fn unacknowledged(
        &self,
        id: &ErasureId,
        tenant: &TenantId,
        partner: &PartnerId,
    ) -> Result<Option<Recipient>, ErasureError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("erasure_id", text(id.as_str()))
            .key("part", text(part(tenant, partner)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let Some(row) = answer.item else {
            return Ok(None);
        };
        let told: Recipient = serde_dynamo::from_item(row).map_err(|_| ErasureError::Malformed)?;
        Ok(told.acknowledged_at.is_none().then_some(told))
    }
}

/// Takes acknowledgements: `dynamodb:UpdateItem` on the erasures.
#[derive(Debug, Clone)]
pub struct Acknowledgements {
    client: Client,
    table: String,
    clock: Clock,
}

impl Acknowledgements {
    /// A taker into `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            clock,
        }
    }

    /// Puts on record that the partner has erased what it was given. Said again, it changes nothing.
    ///
    /// # Errors
    /// [`ErasureError::Unknown`] if the partner was not told of it: whether there is such an erasure
    /// is not for it to learn.
    pub async fn acknowledge(
        &self,
        id: &ErasureId,
        tenant: &TenantId,
        partner: &PartnerId,
    ) -> Result<(), ErasureError> {
        // An acknowledgement that is there already stands with its time.
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("erasure_id", text(id.as_str()))
            .key("part", text(part(tenant, partner)))
            .update_expression(
                "SET acknowledged_at = if_not_exists(acknowledged_at, :now) REMOVE open_for",
            )
            .expression_attribute_values(":now", text(self.clock.now().to_string()));
        let update = if planted::is_on("acknowledged-by-whoever-asks") {
            update
        } else {
            update.condition_expression("attribute_exists(part)")
        };
        match update.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Err(ErasureError::Unknown),
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
        }
    }
}
