//! What is due, by the index `due` of the table `deliveries`. It is ordered by subscription, so that each
//! can be asked for what it has: however much waits for one of them, the next is a step away.

use std::{collections::VecDeque, mem};

use aws_sdk_dynamodb::{Client, operation::query::builders::QueryFluentBuilder};
use jiff::Timestamp;
use lambda_kit::{
    dynamodb::{Row, text},
    error::ServiceError,
};

use super::StoreError;
use crate::{
    Delivery,
    delivery::{SHARDS, due_at, due_order},
};

/// As many of a subscription's as are read at once.
const PAGE: i32 = 25;

/// Before all subscriptions: keys begin with the name of a tenant.
const BEFORE_ALL: &str = "#";

/// Behind all moments.
const BEHIND_ALL: &str = "~";

/// Finds what is due: `dynamodb:Query` on the index `due`.
#[derive(Debug, Clone)]
pub struct DueReader {
    client: Client,
    table: String,
}

/// What of one subscription is due, in the order in which it is.
#[derive(Debug)]
pub struct Line {
    shard: String,
    subscription: String,
    now: String,
    read: VecDeque<Delivery>,
    rest: Rest,
}

/// What of a line was not read yet.
#[derive(Debug)]
enum Rest {
    All,
    After(Row),
    Nothing,
}

impl DueReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The line of each subscription of which something should have been sent by `now`, as long as
    /// `there_is_time`.
    pub async fn lines(
        &self,
        now: Timestamp,
        there_is_time: impl Fn() -> bool,
    ) -> Result<Vec<Line>, StoreError> {
        let now = due_at(now);
        let mut lines = Vec::new();
        for shard in (0..SHARDS).map(|shard| shard.to_string()) {
            let mut after = BEFORE_ALL.to_owned();
            while there_is_time() {
                let Some(first) = self.first(&shard, &after).await? else {
                    break;
                };
                after = due_order(&first.subscription, BEHIND_ALL);
                if first.due_at.is_some_and(|at| at <= now) {
                    lines.push(Line {
                        shard: shard.clone(),
                        subscription: first.subscription,
                        now: now.clone(),
                        read: VecDeque::new(),
                        rest: Rest::All,
                    });
                }
            }
        }
        Ok(lines)
    }

    /// The next of `line`; `None` at its end.
    pub async fn next(&self, line: &mut Line) -> Result<Option<Delivery>, StoreError> {
        if line.read.is_empty() {
            self.read_on(line).await?;
        }
        Ok(line.read.pop_front())
    }

    /// What is due first of the first subscription behind `after`.
    async fn first(&self, shard: &str, after: &str) -> Result<Option<Delivery>, StoreError> {
        let query = self
            .query(shard)
            .key_condition_expression("due_shard = :shard AND due_order > :after")
            .expression_attribute_values(":after", text(after))
            .limit(1);
        let (deliveries, _) = read(query).await?;
        Ok(deliveries.into_iter().next())
    }

    async fn read_on(&self, line: &mut Line) -> Result<(), StoreError> {
        let start = match mem::replace(&mut line.rest, Rest::Nothing) {
            Rest::All => None,
            Rest::After(row) => Some(row),
            Rest::Nothing => return Ok(()),
        };
        let (first, last) = (
            due_order(&line.subscription, ""),
            due_order(&line.subscription, &line.now),
        );
        let query = self
            .query(&line.shard)
            .key_condition_expression("due_shard = :shard AND due_order BETWEEN :first AND :last")
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(last))
            .set_exclusive_start_key(start)
            .limit(PAGE);
        let (deliveries, rest) = read(query).await?;
        line.read = deliveries.into();
        line.rest = rest.map_or(Rest::Nothing, Rest::After);
        Ok(())
    }

    fn query(&self, shard: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .index_name("due")
            .expression_attribute_values(":shard", text(shard))
    }
}

/// A page, and where it goes on.
async fn read(query: QueryFluentBuilder) -> Result<(Vec<Delivery>, Option<Row>), StoreError> {
    let answer = query
        .send()
        .await
        .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
    let rows: Vec<Row> = answer.items.unwrap_or_default();
    let deliveries = serde_dynamo::from_items(rows).map_err(|_| StoreError::Malformed)?;
    let rest = answer.last_evaluated_key.filter(|key| !key.is_empty());
    Ok((deliveries, rest))
}
