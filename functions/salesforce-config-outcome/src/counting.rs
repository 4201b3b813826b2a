//! How many outcomes are on their way to Salesforce, by the day on which they were decided.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::{
    Client,
    types::{TransactWriteItem, Update},
};
use aws_types::SdkConfig;
use configuration::OutcomeRow;
use lambda_kit::{
    dynamodb::{Row, TransactionFailure, names, number, text, transact, transact_update},
    error::ServiceError,
    planted,
};

/// The partition of counts: they stand beside those of the writer.
const COUNT: &str = "count";

/// Counts outcomes: `dynamodb:UpdateItem` on the table `config`.
#[derive(Debug, Clone)]
pub(crate) struct OutcomeCounter {
    client: Client,
    table: String,
}

impl OutcomeCounter {
    pub(crate) fn new(sdk: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// Counts outcomes, each once: they are marked in the same transaction. How many were counted by this
    /// call; those that were before, or whose rows are gone, are left out.
    pub(crate) async fn count(&self, outcomes: &[OutcomeRow]) -> Result<u64, ServiceError> {
        let mut left: Vec<&OutcomeRow> = outcomes.iter().collect();
        while !left.is_empty() {
            match transact(&self.client, self.writes(&left)?).await {
                Ok(()) => break,
                Err(TransactionFailure::Service(error)) => return Err(error),
                Err(TransactionFailure::Refused(places)) => {
                    let mut place = 0..left.len();
                    left.retain(|_| place.next().is_some_and(|place| !places.contains(&place)));
                }
            }
        }
        Ok(u64::try_from(left.len()).unwrap_or(u64::MAX))
    }

    /// The marks, in the order of the outcomes, and behind them the counts.
    fn writes(&self, outcomes: &[&OutcomeRow]) -> Result<Vec<TransactWriteItem>, ServiceError> {
        let mut days: BTreeMap<String, u32> = BTreeMap::new();
        let mut writes = Vec::with_capacity(outcomes.len() + 1);
        for outcome in outcomes {
            let day = outcome.decided_at.strftime("%Y-%m-%d").to_string();
            *days.entry(day).or_default() += 1;
            writes.push(self.mark(outcome)?);
        }
        for (day, many) in days {
            let count = Update::builder()
                .table_name(&self.table)
                .set_key(Some(key(COUNT, &day)))
                .update_expression("ADD #outcomes :many")
                .set_expression_attribute_names(Some(names(&["outcomes"])))
                .expression_attribute_values(":many", number(many));
            writes.push(transact_update(count)?);
        }
        Ok(writes)
    }

    fn mark(&self, outcome: &OutcomeRow) -> Result<TransactWriteItem, ServiceError> {
        let mut mark = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(&outcome.kind, &outcome.record_id)))
            .update_expression("SET #file = :written")
            .set_expression_attribute_names(Some(names(&["file"])))
            .expression_attribute_values(":written", text("written"));
        if !planted::is_on("outcome-counted-anew") {
            mark = mark
                .condition_expression("attribute_exists(#kind) AND attribute_not_exists(#file)")
                .expression_attribute_names("#kind", "kind");
        }
        transact_update(mark)
    }
}

fn key(kind: &str, record_id: &str) -> Row {
    Row::from([
        ("kind".to_owned(), text(kind)),
        ("record_id".to_owned(), text(record_id)),
    ])
}
