//! The tables `subscriptions` and `deliveries`.

mod deliveries;
mod due;
mod outcomes;
mod queue;
mod subscriptions;

use aws_sdk_dynamodb::{Client, types::ReturnValuesOnConditionCheckFailure::AllOld};
pub use deliveries::{DeliveryLog, DeliveryPage, DeliveryStore};
pub use due::{DueReader, Line};
use lambda_kit::{
    dynamodb::{number, refused_put},
    error::ServiceError,
};
pub use outcomes::OutcomeWriter;
pub use queue::{DeliveryQueue, Ticket};
use serde::{Serialize, de::DeserializeOwned};
pub use subscriptions::{SubscriptionLister, SubscriptionRemover, SubscriptionStore};

/// Why a row could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB did not do it.
    #[error("a subscription or a delivery can't be read or written")]
    Service(#[from] ServiceError),
    /// A row that is not of the agreed shape.
    #[error("a row of a subscription or a delivery can't be read")]
    Malformed,
}

/// Whether a row was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It stands as it was to.
    Done,
    /// Somebody else wrote before.
    Overtaken,
}

/// Puts `row` on top of the version `before`, or where none is if that is 0. That our own row stands
/// there already is so when the SDK repeated a put whose acknowledgement was lost.
async fn put<T>(client: &Client, table: &str, row: &T, before: u64) -> Result<Put, StoreError>
where
    T: Serialize + DeserializeOwned + PartialEq,
{
    let item = serde_dynamo::to_item(row).map_err(|_| StoreError::Malformed)?;
    let put = client
        .put_item()
        .table_name(table)
        .set_item(Some(item))
        .expression_attribute_names("#version", "version")
        .return_values_on_condition_check_failure(AllOld);
    let put = if before == 0 {
        put.condition_expression("attribute_not_exists(#version)")
    } else {
        put.condition_expression("#version = :before")
            .expression_attribute_values(":before", number(before))
    };
    let Err(error) = put.send().await else {
        return Ok(Put::Done);
    };
    let Some(found) = refused_put(&error) else {
        return Err(ServiceError::new("dynamodb:PutItem", &error).into());
    };
    let found: Option<T> = serde_dynamo::from_item(found).ok();
    Ok(if found.as_ref() == Some(row) {
        Put::Done
    } else {
        Put::Overtaken
    })
}
