//! Reading what is published.

use aws_sdk_dynamodb::Client;
use lambda_kit::{dynamodb::text, error::ServiceError};

use super::StoreError;
use crate::{PublishedItem, published::PUBLISHED};

/// Reads the compiled rows: `dynamodb:GetItem` on the table.
#[derive(Debug, Clone)]
pub struct PublishedReader {
    client: Client,
    table: String,
}

impl PublishedReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The compiled row `name`; `None` before the first record of it. It may be a moment old: that halves
    /// what it costs, and whoever reads it keeps it for longer than that.
    pub async fn read(&self, name: &str) -> Result<Option<PublishedItem>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("kind", text(PUBLISHED))
            .key("record_id", text(name))
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.map(serde_dynamo::from_item).transpose();
        row.map_err(|_| StoreError::Malformed)
    }
}
