//! The rows `flow` of the table `config`.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::{Client, types::ReturnValuesOnConditionCheckFailure::AllOld};
use aws_types::SdkConfig;
use lambda_kit::{
    Retry,
    dynamodb::{Row, batch_get, number, refused_put, text},
    error::ServiceError,
};

use super::unmakeable;
use crate::Breaker;

/// Reads and writes how far mending is: `dynamodb:GetItem` and `dynamodb:PutItem` on the table `config`.
#[derive(Debug, Clone)]
pub struct BreakerStore {
    client: Client,
    table: String,
}

/// Reads how far mending is, of several flows at once: `dynamodb:BatchGetItem` on the rows `flow` of the table
/// `config`.
#[derive(Debug, Clone)]
pub struct BreakerReader {
    client: Client,
    table: String,
}

/// Whether a row was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It stands as it was to.
    Done,
    /// Somebody else wrote before.
    Overtaken,
}

impl BreakerStore {
    /// The rows of `table`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The row of a flow as it is now.
    pub async fn load(&self, flow: &str) -> Result<Breaker, ServiceError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(flow)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let Some(row) = answer.item else {
            return Ok(Breaker::of(flow));
        };
        read("dynamodb:GetItem", row)
    }

    /// Puts `next` in the place of the version before it. That it stands there already is so when the SDK
    /// repeated a put whose acknowledgement was lost.
    pub async fn save(&self, next: &Breaker) -> Result<Saved, ServiceError> {
        let row = serde_dynamo::to_item(next).map_err(|_| unmakeable("dynamodb:PutItem"))?;
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .expression_attribute_names("#version", "version")
            .return_values_on_condition_check_failure(AllOld);
        let put = match next.version.saturating_sub(1) {
            0 => put.condition_expression("attribute_not_exists(#version)"),
            before => put
                .condition_expression("#version = :before")
                .expression_attribute_values(":before", number(before)),
        };
        let Err(error) = put.send().await else {
            return Ok(Saved::Done);
        };
        let Some(found) = refused_put(&error) else {
            return Err(ServiceError::new("dynamodb:PutItem", &error));
        };
        let found: Option<Breaker> = serde_dynamo::from_item(found).ok();
        Ok(if found.as_ref() == Some(next) {
            Saved::Done
        } else {
            Saved::Overtaken
        })
    }
}

impl BreakerReader {
    /// The rows of `table`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The rows of these flows as they are now, in this order.
    pub async fn load_all(&self, flows: &[&str]) -> Result<Vec<Breaker>, ServiceError> {
        let keys: Vec<Row> = flows.iter().map(|flow| key(flow)).collect();
        let rows = batch_get(&self.client, &self.table, &keys).await?;
        let mut found: BTreeMap<String, Breaker> = BTreeMap::new();
        for row in rows {
            let breaker: Breaker = read("dynamodb:BatchGetItem", row)?;
            found.insert(breaker.flow().to_owned(), breaker);
        }
        let of = |flow: &&str| found.remove(*flow).unwrap_or_else(|| Breaker::of(flow));
        Ok(flows.iter().map(of).collect())
    }
}

fn key(flow: &str) -> Row {
    Row::from([
        ("kind".to_owned(), text("flow")),
        ("record_id".to_owned(), text(flow)),
    ])
}

fn read(operation: &'static str, row: Row) -> Result<Breaker, ServiceError> {
    serde_dynamo::from_item(row).map_err(|_| ServiceError {
        operation,
        code: "UnreadableRow".to_owned(),
        retry: Retry::Never,
    })
}
