//! Rows of the directory, as they lie in the table.

use aws_sdk_dynamodb::types::AttributeValue;
use lambda_kit::{
    dynamodb::{Row, number, text, unmakeable},
    error::ServiceError,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{Change, Defined, DirectoryError, DirectoryKeeper, PAGE, key};
use crate::{Place, aws::name};

/// Some rows of a partition in their order.
pub(super) struct Sorted {
    pub(super) rows: Vec<Row>,
    /// The name in the last of them, if there are more.
    pub(super) next: Option<String>,
}

impl DirectoryKeeper {
    pub(super) async fn row(&self, key: Row) -> Result<Option<Row>, ServiceError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        Ok(answer.item)
    }

    /// The rows of `tenant` whose part begins with `prefix`, from behind the name `after`.
    pub(super) async fn sorted(
        &self,
        tenant: &str,
        prefix: &str,
        after: Option<&str>,
    ) -> Result<Sorted, DirectoryError> {
        let from = after.map(|name| key(tenant, &format!("{prefix}{name}")));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("tenant = :tenant AND begins_with(part, :prefix)")
            .expression_attribute_values(":tenant", text(tenant))
            .expression_attribute_values(":prefix", text(prefix))
            .limit(PAGE)
            .set_exclusive_start_key(from)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let last = answer.last_evaluated_key.filter(|key| !key.is_empty());
        let next = last.map(|key| name(&key, prefix)).transpose()?;
        Ok(Sorted {
            rows: answer.items.unwrap_or_default(),
            next,
        })
    }
}

/// A row as what it defines.
pub(super) fn defined<T: DeserializeOwned>(row: Row) -> Result<Defined<T>, DirectoryError> {
    let change = serde_dynamo::from_item(row.clone()).map_err(|_| DirectoryError::Malformed)?;
    let definition = serde_dynamo::from_item(row).map_err(|_| DirectoryError::Malformed)?;
    Ok(Defined { definition, change })
}

/// A definition as a row.
pub(super) fn row(
    place: &Place,
    definition: &impl Serialize,
    change: &Change,
) -> Result<Row, ServiceError> {
    let mut row: Row = serde_dynamo::to_item(definition).map_err(|_| unmakeable())?;
    row.extend(key(&place.tenant, &place.part));
    row.insert("version".to_owned(), number(change.version));
    let texts = [
        ("changed_by", change.changed_by.clone()),
        ("changed_at", change.changed_at.map(|at| at.to_string())),
        ("last_request", change.last_request.clone()),
    ];
    for (name, value) in texts {
        if let Some(value) = value {
            row.insert(name.to_owned(), AttributeValue::S(value));
        }
    }
    Ok(row)
}

/// A length as a number.
pub(super) fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
