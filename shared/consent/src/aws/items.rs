//! The items of a transaction that records a decision in a profile's partition.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use identity::ProfileId;
use lambda_kit::{
    dynamodb::{number, put, text, transact_put, unmakeable},
    error::ServiceError,
};

use crate::{Consent, DecisionRecord};

/// Counts one more change of the profile's parts, if the profile is there and open. Whoever is about
/// to close it, and has read its parts, sees by the count that there is a change that they missed.
pub(super) fn part_changed(table: &str, id: ProfileId) -> Result<TransactWriteItem, ServiceError> {
    let update = Update::builder()
        .table_name(table)
        .key("profile_id", text(id))
        .key("part", text("profile"))
        .update_expression("ADD #parts :one")
        .condition_expression("attribute_exists(part) AND attribute_not_exists(closed)")
        .expression_attribute_names("#parts", "parts")
        .expression_attribute_values(":one", number(1));
    Ok(TransactWriteItem::builder()
        .update(update.build().map_err(|_| unmakeable())?)
        .build())
}

/// Puts `after` in the place of `before`, if that still is what holds.
pub(super) fn replace(
    table: &str,
    after: &Consent,
    before: Option<&Consent>,
) -> Result<TransactWriteItem, ServiceError> {
    let put = put(table, after)?;
    transact_put(match before {
        None => put.condition_expression("attribute_not_exists(part)"),
        Some(before) => put
            .condition_expression("#version = :expected")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":expected", number(before.version)),
    })
}

/// Adds a decision to the history, which nothing overwrites.
pub(super) fn append(
    table: &str,
    record: &DecisionRecord,
) -> Result<TransactWriteItem, ServiceError> {
    transact_put(put(table, record)?.condition_expression("attribute_not_exists(part)"))
}
