//! Up to where everything was read of each kind.

use aws_sdk_dynamodb::Client;
use aws_types::SdkConfig;
use jiff::Timestamp;
use lambda_kit::{
    dynamodb::{Row, is_refused, text},
    error::ServiceError,
};

use crate::RereadError;

/// The one row: `reread`, `watermark`, with an attribute of its own for each kind.
const KIND: &str = "reread";
const RECORD_ID: &str = "watermark";

/// Reads and moves watermarks: `dynamodb:GetItem` and `UpdateItem` on the table `config`.
#[derive(Debug, Clone)]
pub(crate) struct Watermarks {
    client: Client,
    table: String,
}

/// How the watermarks stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing(Row);

impl Standing {
    /// Up to where `kind` was read; `None` if never.
    pub(crate) fn of(&self, kind: &str) -> Option<Timestamp> {
        self.0.get(kind)?.as_s().ok()?.parse().ok()
    }
}

impl Watermarks {
    pub(crate) fn new(sdk: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// All of them as they are now.
    pub(crate) async fn read(&self) -> Result<Standing, RereadError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("kind", text(KIND))
            .key("record_id", text(RECORD_ID))
            .consistent_read(true)
            .send()
            .await;
        let answer = answer.map_err(|error| {
            RereadError::Watermark(ServiceError::new("dynamodb:GetItem", &error))
        })?;
        Ok(Standing(answer.item.unwrap_or_default()))
    }

    /// Moves that of `kind` on; it never goes back.
    pub(crate) async fn move_to(&self, kind: &str, at: Timestamp) -> Result<(), RereadError> {
        // In whole seconds, all are texts of one length, which sort by time.
        let at = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let moved = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("kind", text(KIND))
            .key("record_id", text(RECORD_ID))
            .update_expression("SET #at = :at")
            .condition_expression("attribute_not_exists(#at) OR #at < :at")
            .expression_attribute_names("#at", kind)
            .expression_attribute_values(":at", text(at))
            .send()
            .await;
        match moved {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => {
                let error = ServiceError::new("dynamodb:UpdateItem", &error);
                Err(RereadError::Watermark(error))
            }
        }
    }
}
