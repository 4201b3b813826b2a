//! Removing the events that were refused and name a person.

use aws_sdk_dynamodb::Client;
use identity::ProfileId;
use lambda_kit::{
    dynamodb::{is_refused, query_all, text},
    error::ServiceError,
    objects::ObjectRemover,
    planted,
};

use super::{ErasureError, reading::attribute};

/// The sparse index of refused events, by whom they name.
const ABOUT_INDEX: &str = "about";

/// Removes refused events: `dynamodb:Query` on the index `about` of the quarantine, and `DeleteItem` on
/// the quarantine; in the bucket `s3:ListBucket` and `s3:DeleteObject`.
#[derive(Debug, Clone)]
pub struct RefusedRemover {
    client: Client,
    table: String,
    objects: ObjectRemover,
}

impl RefusedRemover {
    /// A remover from `table` and its index, and from `bucket`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        bucket: impl Into<String>,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            objects: ObjectRemover::new(sdk, bucket),
        }
    }

    /// Removes every refused event that names `profile`, whoever sent it. What lies beside a row goes
    /// before it: by the row it is found.
    pub(super) async fn remove(&self, profile: ProfileId) -> Result<(), ErasureError> {
        if planted::is_on("erasure-leaves-refused-events") {
            return Ok(());
        }
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(ABOUT_INDEX)
            .key_condition_expression("about = :profile")
            .expression_attribute_values(":profile", text(profile))
            .projection_expression("sender, rejected_id, raw_key");
        for row in query_all(query).await? {
            let key = attribute(&row, "sender").zip(attribute(&row, "rejected_id"));
            let (sender, id) = key.ok_or(ErasureError::Malformed)?;
            if let Some((all_of_it, _)) =
                attribute(&row, "raw_key").and_then(|key| key.rsplit_once('/'))
            {
                self.objects.remove_below(&format!("{all_of_it}/")).await?;
            }
            let deleted = self
                .client
                .delete_item()
                .table_name(&self.table)
                .key("sender", text(sender))
                .key("rejected_id", text(id))
                .condition_expression("attribute_exists(rejected_id)")
                .send()
                .await;
            match deleted {
                Ok(_) => {}
                // It ran out, or another run has removed it: the index is behind.
                Err(error) if is_refused(&error) => {}
                Err(error) => return Err(ServiceError::new("dynamodb:DeleteItem", &error).into()),
            }
        }
        Ok(())
    }
}
