//! What was parked gets back into the outbox, of which it never left but the sparse index.

use aws_sdk_dynamodb::Client;
use jiff::Timestamp;
use lambda_kit::{
    dynamodb::{Row, is_refused, text},
    error::ServiceError,
};

use crate::{RELAY_SHARDS, relay_at};

/// Lets rows of an outbox be relayed again that were parked: `dynamodb:UpdateItem` on its table, of
/// which it changes the marks of that alone.
#[derive(Debug, Clone)]
pub struct ParkedRows {
    client: Client,
    table: String,
}

impl ParkedRows {
    /// The parked rows of the outbox in `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// Puts the row with `key` back among those that are to be relayed. `false` if it is not parked:
    /// it was put back before, or it is gone.
    pub async fn give_back(
        &self,
        key: &[(&'static str, String)],
        now: Timestamp,
    ) -> Result<bool, ServiceError> {
        let last = key.last().and_then(|(_, value)| value.bytes().last());
        let shard = last.unwrap_or_default() % RELAY_SHARDS;
        let row: Row = key
            .iter()
            .map(|(name, value)| ((*name).to_owned(), text(value)))
            .collect();
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row))
            .update_expression(
                "SET relay_shard = :shard, relay_at = if_not_exists(relay_at, :now) REMOVE parked_because",
            )
            .condition_expression("attribute_exists(parked_because)")
            .expression_attribute_values(":shard", text(shard.to_string()))
            .expression_attribute_values(":now", text(relay_at(now)));
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error) if is_refused(&error) => Ok(false),
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error)),
        }
    }
}
