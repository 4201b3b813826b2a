//! How many outcomes are on their way to Salesforce, by the day on which they were decided.

use aws_sdk_dynamodb::{Client, types::Update};
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

/// When an outcome was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// By this call.
    Now,
    /// Before, or its row is gone.
    Before,
}

impl OutcomeCounter {
    pub(crate) fn new(sdk: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// Counts an outcome, once: it is marked in the same transaction.
    pub(crate) async fn count(&self, outcome: &OutcomeRow) -> Result<Counted, ServiceError> {
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
        let day = outcome.decided_at.strftime("%Y-%m-%d").to_string();
        let count = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(COUNT, &day)))
            .update_expression("ADD #outcomes :one")
            .set_expression_attribute_names(Some(names(&["outcomes"])))
            .expression_attribute_values(":one", number(1));
        let writes = vec![transact_update(mark)?, transact_update(count)?];
        match transact(&self.client, writes).await {
            Ok(()) => Ok(Counted::Now),
            Err(TransactionFailure::Refused(_)) => Ok(Counted::Before),
            Err(TransactionFailure::Service(error)) => Err(error),
        }
    }
}

fn key(kind: &str, record_id: &str) -> Row {
    Row::from([
        ("kind".to_owned(), text(kind)),
        ("record_id".to_owned(), text(record_id)),
    ])
}
