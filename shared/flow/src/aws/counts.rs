//! The rows `count` of the table `config`, one a day, and up to which run rows are counted.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_dynamodb::{Client, types::Update};
use aws_types::SdkConfig;
use jiff::Timestamp;
use lambda_kit::{
    Retry,
    dynamodb::{
        Row, TransactionFailure, batch_get, names, number, put, text, transact, transact_put,
        transact_update,
    },
    error::ServiceError,
    planted,
};
use serde::{Deserialize, Serialize};

use crate::{DayCounts, Run};

const A_DAY: Duration = Duration::from_hours(24);

/// Reads and adds to what is counted: `dynamodb:BatchGetItem`, `dynamodb:GetItem`, `dynamodb:PutItem` and
/// `dynamodb:UpdateItem` on the table `config`.
#[derive(Debug, Clone)]
pub struct CountStore {
    client: Client,
    table: String,
}

/// The row `run-count` of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    kind: String,
    record_id: String,
    version: u64,
    /// The rows of runs that began later are not counted yet.
    until: Timestamp,
}

impl CountStore {
    /// The counts in `table`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// What was counted today and the day before together.
    pub async fn lately(&self, now: Timestamp) -> Result<DayCounts, ServiceError> {
        let before = now.checked_sub(A_DAY).unwrap_or(now);
        let days = [day(now), day(before)];
        let keys = days.map(|day| key("count", &day));
        let rows = batch_get(&self.client, &self.table, &keys).await?;
        let mut sum = DayCounts::default();
        for row in rows {
            let counts = serde_dynamo::from_item(row).map_err(|_| unreadable())?;
            sum = sum.with(counts);
        }
        Ok(sum)
    }

    /// Adds the rows that runs of `flow` brought into Salesforce, each run's once: up to where runs are
    /// counted is written in the same transaction. `runs` are the oldest first; one that is under way
    /// is counted when it is over, and so are those after it. Returns how many rows were added.
    pub async fn add_accepted(&self, flow: &str, runs: &[Run]) -> Result<u64, ServiceError> {
        let counted = self.counted(flow).await?;
        let is_new = |run: &&Run| {
            counted
                .as_ref()
                .is_none_or(|row| run.started_at > row.until)
        };
        let over = runs.iter().take_while(|run| run.is_over());
        let new: Vec<&Run> = over.filter(is_new).collect();
        let Some(last) = new.last() else {
            return Ok(0);
        };
        let mut by_day: BTreeMap<String, u64> = BTreeMap::new();
        for run in &new {
            *by_day.entry(day(run.started_at)).or_default() += run.accepted();
        }
        let version = counted.map_or(0, |row| row.version);
        let row = Counted {
            kind: "run-count".to_owned(),
            record_id: flow.to_owned(),
            version: version + 1,
            until: last.started_at,
        };
        let put = put(&self.table, &row)?.expression_attribute_names("#version", "version");
        let put = match version {
            0 => put.condition_expression("attribute_not_exists(#version)"),
            version => put
                .condition_expression("#version = :before")
                .expression_attribute_values(":before", number(version)),
        };
        let mut items = vec![transact_put(put)?];
        for (day, rows) in by_day.iter().filter(|(_, rows)| **rows > 0) {
            let update = Update::builder()
                .table_name(&self.table)
                .set_key(Some(key("count", day)))
                .update_expression("ADD #accepted :rows")
                .set_expression_attribute_names(Some(names(&["accepted"])))
                .expression_attribute_values(":rows", number(*rows));
            items.push(transact_update(update)?);
        }
        if planted::is_on("accepted-counted-before-it-is-noted") && items.len() > 1 {
            let counted = items.split_off(1);
            let counted = transact(&self.client, counted).await;
            counted.map_err(|_| unreadable())?;
        }
        match transact(&self.client, items).await {
            Ok(()) => Ok(by_day.values().sum()),
            // Another run counted them.
            Err(TransactionFailure::Refused(_)) => Ok(0),
            Err(TransactionFailure::Service(error)) => Err(error),
        }
    }

    async fn counted(&self, flow: &str) -> Result<Option<Counted>, ServiceError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key("run-count", flow)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.map(serde_dynamo::from_item).transpose();
        row.map_err(|_| unreadable())
    }
}

/// The day of an instant, by which rows are named.
fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

fn key(kind: &str, id: &str) -> Row {
    Row::from([
        ("kind".to_owned(), text(kind)),
        ("record_id".to_owned(), text(id)),
    ])
}

fn unreadable() -> ServiceError {
    ServiceError {
        operation: "dynamodb:GetItem",
        code: "UnreadableRow".to_owned(),
        retry: Retry::Never,
    }
}
