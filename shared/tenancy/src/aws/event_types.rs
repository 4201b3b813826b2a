//! Reading which types of events a tenant takes, to show them.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use lambda_kit::{
    clock::Clock,
    dynamodb::{Row, text},
    error::ServiceError,
};
use serde::Deserialize;

use super::{DirectoryError, kept::Kept, name};
use crate::{EventTypeName, TenantId, place::EVENT_TYPE_PREFIX};

/// As many types as are shown at once.
const MOST: usize = 256;

/// As many bytes of schemas as are shown at once.
const MOST_BYTES: usize = 1024 * 1024;

/// A type of events with the schema of its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownEventType {
    /// The type.
    pub name: EventTypeName,
    /// How often it was changed.
    pub revision: u32,
    /// By whom it was registered.
    pub registered_by: String,
    /// A JSON Schema.
    pub schema: String,
}

/// The types of a tenant by their names, as many as are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownEventTypes {
    /// Those that are shown.
    pub types: Vec<ShownEventType>,
    /// Whether these are all.
    pub are_all: bool,
}

/// What is read of a row.
#[derive(Deserialize)]
struct EventTypeItem {
    schema: String,
    revision: u32,
    registered_by: String,
}

/// Reads a tenant's types of events: `dynamodb:Query` on the directory.
#[derive(Debug, Clone)]
pub struct EventTypeReader {
    client: Client,
    table: String,
    kept: Kept<ShownEventTypes>,
}

impl EventTypeReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            kept: Kept::new(clock),
        }
    }

    /// The types of `tenant`, the first ones by name if they are too many or too long. An answer is
    /// kept for a minute.
    pub async fn all(&self, tenant: &TenantId) -> Result<Arc<ShownEventTypes>, DirectoryError> {
        self.kept.or_ask(tenant.to_string(), self.ask(tenant)).await
    }

    async fn ask(&self, tenant: &TenantId) -> Result<ShownEventTypes, DirectoryError> {
        let (mut types, mut bytes, mut after) = (Vec::new(), 0, None);
        loop {
            let (rows, next) = self.page(tenant, after).await?;
            for row in rows {
                let shown = shown(row)?;
                bytes += shown.schema.len();
                if types.len() == MOST || bytes > MOST_BYTES {
                    let are_all = false;
                    return Ok(ShownEventTypes { types, are_all });
                }
                types.push(shown);
            }
            after = next;
            if after.is_none() {
                let are_all = true;
                return Ok(ShownEventTypes { types, are_all });
            }
        }
    }

    async fn page(
        &self,
        tenant: &TenantId,
        after: Option<Row>,
    ) -> Result<(Vec<Row>, Option<Row>), ServiceError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("tenant = :tenant AND begins_with(part, :prefix)")
            .expression_attribute_values(":tenant", text(tenant.as_str()))
            .expression_attribute_values(":prefix", text(EVENT_TYPE_PREFIX))
            .set_exclusive_start_key(after)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let next = answer.last_evaluated_key.filter(|key| !key.is_empty());
        Ok((answer.items.unwrap_or_default(), next))
    }
}

fn shown(row: Row) -> Result<ShownEventType, DirectoryError> {
    let name = name(&row, EVENT_TYPE_PREFIX)?;
    let item: EventTypeItem =
        serde_dynamo::from_item(row).map_err(|_| DirectoryError::Malformed)?;
    Ok(ShownEventType {
        name,
        revision: item.revision,
        registered_by: item.registered_by,
        schema: item.schema,
    })
}
