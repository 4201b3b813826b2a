//! Conditional writes and what their refusal means, and reading many rows at once.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::{
        put_item::PutItemError, query::builders::QueryFluentBuilder,
        transact_write_items::TransactWriteItemsError,
    },
    types::{
        AttributeValue, KeysAndAttributes, Put, TransactWriteItem,
        builders::{DeleteBuilder, PutBuilder, UpdateBuilder},
    },
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde::Serialize;

use crate::{Retry, error::ServiceError};

/// How often a transaction that met another one is tried.
const ATTEMPTS: u32 = 3;

/// As many rows as `BatchGetItem` reads at once.
const MOST_KEYS: usize = 100;

/// How often what a call left out is asked for again.
const ROUNDS: u32 = 3;

/// A row, or the key of one.
pub type Row = HashMap<String, AttributeValue>;

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

/// The row that was in the way of a put, if its condition was what failed; an empty one unless the
/// put asks for it by `ReturnValuesOnConditionCheckFailure`.
pub fn refused_put<R>(error: &SdkError<PutItemError, R>) -> Option<Row> {
    let SdkError::ServiceError(context) = error else {
        return None;
    };
    let PutItemError::ConditionalCheckFailedException(failed) = context.err() else {
        return None;
    };
    Some(failed.item().cloned().unwrap_or_default())
}

/// `#name` for each of `attributes`, as expressions name them.
#[must_use]
pub fn names(attributes: &[&str]) -> HashMap<String, String> {
    attributes
        .iter()
        .map(|name| (format!("#{name}"), (*name).to_owned()))
        .collect()
}

/// All rows that `query` finds, page by page to the end. For what is bounded by what it is of: one
/// person's, one erasure's.
pub async fn query_all(query: QueryFluentBuilder) -> Result<Vec<Row>, ServiceError> {
    let (mut rows, mut start) = (Vec::new(), None);
    loop {
        let page = query.clone().set_exclusive_start_key(start).send();
        // Boxed: several are under way at once, and each reaches deep into the SDK and is kilobytes.
        let page = Box::pin(page)
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        rows.extend(page.items.unwrap_or_default());
        start = page.last_evaluated_key.filter(|key| !key.is_empty());
        if start.is_none() {
            return Ok(rows);
        }
    }
}

/// The rows of `table` that have one of `keys`, as they are now and in any order, by calls of a
/// hundred keys each. No key may be there twice.
pub async fn batch_get(
    client: &Client,
    table: &str,
    keys: &[Row],
) -> Result<Vec<Row>, ServiceError> {
    let mut rows = Vec::with_capacity(keys.len());
    for keys in keys.chunks(MOST_KEYS) {
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(keys.to_vec()))
            .consistent_read(true)
            .build()
            .map_err(|_| unmakeable())?;
        let mut wanted = Some(HashMap::from([(table.to_owned(), keys)]));
        let mut round = 0;
        while wanted.is_some() {
            if round == ROUNDS {
                return Err(ServiceError {
                    operation: "dynamodb:BatchGetItem",
                    code: "UnprocessedKeys".to_owned(),
                    retry: Retry::MayHelp,
                });
            }
            let answer = client
                .batch_get_item()
                .set_request_items(wanted)
                .send()
                .await
                .map_err(|error| ServiceError::new("dynamodb:BatchGetItem", &error))?;
            rows.extend(answer.responses.unwrap_or_default().into_values().flatten());
            wanted = answer.unprocessed_keys.filter(|left| !left.is_empty());
            round += 1;
        }
    }
    Ok(rows)
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

/// One more item of a transaction.
pub fn transact_update(update: UpdateBuilder) -> Result<TransactWriteItem, ServiceError> {
    Ok(TransactWriteItem::builder()
        .update(update.build().map_err(|_| unmakeable())?)
        .build())
}

/// One more item of a transaction.
pub fn transact_delete(delete: DeleteBuilder) -> Result<TransactWriteItem, ServiceError> {
    Ok(TransactWriteItem::builder()
        .delete(delete.build().map_err(|_| unmakeable())?)
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
