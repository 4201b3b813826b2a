//! Conditional writes and what their refusal means.

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{AttributeValue, Put, TransactWriteItem, builders::PutBuilder},
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde::Serialize;

use crate::{Retry, error::ServiceError};

/// How often a transaction that met another one is tried.
const ATTEMPTS: u32 = 3;

/// Why a transaction was not applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransactionFailure {
    /// The conditions at these places of the transaction did not hold.
    #[error("conditions of a transaction did not hold")]
    Refused(Vec<usize>),
    /// DynamoDB did not do it.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

/// Applies all of `items` or nothing. Meeting another transaction on the same items is tried
/// again; a repetition by the SDK after a lost acknowledgement is recognised by its token.
pub async fn transact(
    client: &Client,
    items: Vec<TransactWriteItem>,
) -> Result<(), TransactionFailure> {
    let mut attempt = 1;
    loop {
        let sent = client
            .transact_write_items()
            .set_transact_items(Some(items.clone()))
            .send()
            .await;
        let Err(error) = sent else { return Ok(()) };
        if let Some(places) = refused_at(&error) {
            return Err(TransactionFailure::Refused(places));
        }
        let failure = ServiceError::new("dynamodb:TransactWriteItems", &error);
        let met_another = failure.code == "TransactionCanceledException";
        if !met_another || attempt == ATTEMPTS {
            let retry = if met_another {
                Retry::MayHelp
            } else {
                failure.retry
            };
            return Err(ServiceError { retry, ..failure }.into());
        }
        tokio::time::sleep(Duration::from_millis(20 << attempt)).await;
        attempt += 1;
    }
}

/// The places whose condition failed, if that is why the transaction was cancelled.
fn refused_at<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<Vec<usize>> {
    let SdkError::ServiceError(context) = error else {
        return None;
    };
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = context.err() else {
        return None;
    };
    let places: Vec<usize> = cancelled
        .cancellation_reasons()
        .iter()
        .enumerate()
        .filter_map(|(place, reason)| {
            (reason.code() == Some("ConditionalCheckFailed")).then_some(place)
        })
        .collect();
    (!places.is_empty()).then_some(places)
}

/// Whether a single write was refused by its condition.
pub fn is_refused<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error, SdkError::ServiceError(context)
        if context.err().code() == Some("ConditionalCheckFailedException"))
}

/// Puts `row` into `table`, for a transaction; the condition is the caller's to add.
pub fn put(table: &str, row: &impl Serialize) -> Result<PutBuilder, ServiceError> {
    let row = serde_dynamo::to_item(row).map_err(|_| unmakeable())?;
    Ok(Put::builder().table_name(table).set_item(Some(row)))
}

/// One more item of a transaction.
pub fn transact_put(put: PutBuilder) -> Result<TransactWriteItem, ServiceError> {
    Ok(TransactWriteItem::builder()
        .put(put.build().map_err(|_| unmakeable())?)
        .build())
}

/// A text as an attribute.
#[must_use]
pub fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number as an attribute.
#[must_use]
pub fn number(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// The error of a request that could not be put together.
#[must_use]
pub fn unmakeable() -> ServiceError {
    ServiceError {
        operation: "dynamodb",
        code: "RequestCouldNotBeMade".to_owned(),
        retry: Retry::Never,
    }
}
