//! Reading all purposes of a tenant.

use std::{collections::HashMap, sync::Arc};

use aws_sdk_dynamodb::types::AttributeValue;
use lambda_kit::{clock::Clock, error::ServiceError};

use super::{DirectoryError, kept::Kept};
use crate::{PurposeDefinition, Purposes, TenantId, purpose::PURPOSE_PREFIX};

/// Reads a tenant's purposes: `dynamodb:Query` on the directory.
#[derive(Debug, Clone)]
pub struct PurposeReader {
    client: aws_sdk_dynamodb::Client,
    table: String,
    kept: Kept<Purposes>,
}

impl PurposeReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: aws_sdk_dynamodb::Client::new(sdk),
            table: table.into(),
            kept: Kept::new(clock),
        }
    }

    /// All purposes of `tenant`; none if the directory has none of it. One row that can't be read
    /// makes the answer an error: without it a purpose would seem not to be there. An answer is
    /// kept for a minute.
    pub async fn all(&self, tenant: &TenantId) -> Result<Arc<Purposes>, DirectoryError> {
        self.kept.or_ask(tenant.to_string(), self.ask(tenant)).await
    }

    async fn ask(&self, tenant: &TenantId) -> Result<Purposes, DirectoryError> {
        let mut definitions: Vec<PurposeDefinition> = Vec::new();
        let mut after = None;
        loop {
            let (rows, next) = self.page(tenant, after).await?;
            for row in rows {
                definitions
                    .push(serde_dynamo::from_item(row).map_err(|_| DirectoryError::Malformed)?);
            }
            if definitions.len() > Purposes::MOST {
                return Err(DirectoryError::TooMany);
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
        Ok(definitions.into_iter().collect())
    }

    async fn page(
        &self,
        tenant: &TenantId,
        after: Option<HashMap<String, AttributeValue>>,
    ) -> Result<Page, ServiceError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("tenant = :tenant AND begins_with(part, :prefix)")
            .expression_attribute_values(":tenant", AttributeValue::S(tenant.to_string()))
            .expression_attribute_values(":prefix", AttributeValue::S(PURPOSE_PREFIX.to_owned()))
            .set_exclusive_start_key(after)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let next = answer.last_evaluated_key.filter(|key| !key.is_empty());
        Ok((answer.items.unwrap_or_default(), next))
    }
}

/// Rows, and after which key more of them follow.
type Page = (
    Vec<HashMap<String, AttributeValue>>,
    Option<HashMap<String, AttributeValue>>,
);
