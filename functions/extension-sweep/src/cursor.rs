//! Where the next run goes on: one row of the ledger.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_types::SdkConfig;
use lambda_kit::{
    Retry,
    clock::{Clock, later},
    dynamodb::{is_refused, number, text, unmakeable},
    error::ServiceError,
};
use serde::{Deserialize, Serialize};
use tenancy::TenantId;

const KEY: &str = "extension-sweep#cursor";

/// A place that is not gone on from for that long is begun anew.
const RETENTION: Duration = Duration::from_hours(7 * 24);

/// Keeps the place: `dynamodb:GetItem` and `dynamodb:PutItem` on the ledger.
#[derive(Debug)]
pub(crate) struct CursorStore {
    client: Client,
    table: String,
    clock: Clock,
}

/// A place, and which of all places it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cursor {
    /// Behind which tenant to go on; `None` is the beginning.
    pub(crate) after: Option<TenantId>,
    version: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct CursorItem {
    key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<TenantId>,
    version: u64,
    /// Seconds since the epoch, as the table's time to live demands.
    expires_at: i64,
}

impl CursorStore {
    pub(crate) fn new(sdk: &SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            clock,
        }
    }

    /// The place that was saved last; the beginning if there is none.
    pub(crate) async fn load(&self) -> Result<Cursor, ServiceError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("key", text(KEY))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row: Option<CursorItem> = answer
            .item
            .map(serde_dynamo::from_item)
            .transpose()
            .map_err(|_| ServiceError {
                operation: "dynamodb:GetItem",
                code: "UnreadableRow".to_owned(),
                retry: Retry::Never,
            })?;
        Ok(row.map_or_else(Cursor::default, |row| Cursor {
            after: row.after,
            version: row.version,
        }))
    }

    /// Puts `after` in the place of `old`. Another run that saved meanwhile got somewhere, too, and its place is as
    /// good.
    pub(crate) async fn save(
        &self,
        old: &Cursor,
        after: Option<TenantId>,
    ) -> Result<(), ServiceError> {
        let row = CursorItem {
            key: KEY.to_owned(),
            after,
            version: old.version + 1,
            expires_at: later(self.clock.now(), RETENTION).as_second(),
        };
        let row = serde_dynamo::to_item(&row).map_err(|_| unmakeable())?;
        let saved = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .condition_expression("attribute_not_exists(#key) OR #version = :old")
            .expression_attribute_names("#key", "key")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":old", number(old.version))
            .send()
            .await;
        match saved {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:PutItem", &error)),
        }
    }
}
