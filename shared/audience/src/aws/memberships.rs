//! To which audiences somebody belongs.

use aws_sdk_dynamodb::Client;
use identity::ProfileId;
use lambda_kit::dynamodb::{query_all, text};
use serde::de::DeserializeOwned;

use super::AudienceError;

/// Reads to which audiences people belong: `dynamodb:Query` on the audiences.
#[derive(Debug, Clone)]
pub struct MembershipReader {
    client: Client,
    table: String,
}

impl MembershipReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The rows that say to which audiences `id` belongs and how it stands there, each as a `T`.
    pub async fn of<T: DeserializeOwned>(&self, id: ProfileId) -> Result<Vec<T>, AudienceError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("audience = :person")
            .expression_attribute_values(":person", text(id));
        let rows = query_all(query).await?;
        serde_dynamo::from_items(rows).map_err(|_| AudienceError::Malformed)
    }
}
