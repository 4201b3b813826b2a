//! The table `receipts`.

mod counting;
mod reader;
mod span;
mod summary_cursor;

use aws_sdk_dynamodb::Client;
pub use counting::{Budget, Counted, Counts};
use lambda_kit::{
    dynamodb::{TransactionFailure, is_refused, put, text, transact, transact_put},
    error::ServiceError,
    planted,
};
use profile::Profile;
pub use reader::{Page, ReceiptReader};
pub use span::{BackwardsSpan, Cursor, InvalidCursor, Span};
pub use summary_cursor::SummaryCursor;

use crate::{Projection, Receipt, Subject};

/// As many writes as `TransactWriteItems` takes at once.
const MOST_AT_ONCE: usize = 100;

/// Absent, or what an earlier attempt of the same request wrote: a repeated write changes nothing.
const OURS: &str = "attribute_not_exists(receipt_id) OR request_id = :request";

/// Why receipts could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// DynamoDB did not do it.
    #[error("receipts can't be written or read")]
    Service(#[from] ServiceError),
    /// Another request's receipt has the id.
    #[error("a receipt's id is taken")]
    Taken,
    /// A row that is not of the agreed shape.
    #[error("a row of a receipt can't be read")]
    Malformed,
}

impl From<TransactionFailure> for ReceiptError {
    fn from(failure: TransactionFailure) -> Self {
        match failure {
            TransactionFailure::Refused(_) => Self::Taken,
            TransactionFailure::Service(error) => Self::Service(error),
        }
    }
}

/// A receipt that is on record. It alone opens a profile, and there is no other way to one than
/// through the writer: what could not be recorded can't be answered.
#[derive(Debug)]
pub struct Recorded(Receipt);

impl Recorded {
    /// The receipt.
    #[must_use]
    pub const fn receipt(&self) -> &Receipt {
        &self.0
    }

    /// What the partner gets to see of `profile`: the fields of the groups that were allowed, and
    /// none at all if nothing was, or if it is not the profile that the decision was about.
    #[must_use]
    pub fn project<'a>(&self, profile: &'a Profile) -> Option<Projection<'a>> {
        let is_theirs = self.0.subject == Subject::Person(profile.profile_id);
        (is_theirs && !self.0.allowed.is_empty()).then(|| Projection::of(profile, &self.0.allowed))
    }
}

/// Puts receipts on record: `dynamodb:PutItem` on the receipts, and nothing else.
#[derive(Debug, Clone)]
pub struct ReceiptWriter {
    client: Client,
    table: String,
}

impl ReceiptWriter {
    /// A writer to `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// Records one receipt.
    pub async fn record(&self, receipt: Receipt) -> Result<Recorded, ReceiptError> {
        if planted::is_on("answered-without-receipt") {
            return Ok(Recorded(receipt));
        }
        let row = serde_dynamo::to_item(&receipt).map_err(|_| ReceiptError::Malformed)?;
        let written = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .condition_expression(OURS)
            .expression_attribute_values(":request", text(&receipt.request_id))
            .send()
            .await;
        match written {
            Ok(_) => Ok(Recorded(receipt)),
            Err(error) if is_refused(&error) => Err(ReceiptError::Taken),
            Err(error) => Err(ServiceError::new("dynamodb:PutItem", &error).into()),
        }
    }

    /// Records many receipts, a hundred of them at once; none counts as recorded unless all are.
    pub async fn record_all(&self, receipts: Vec<Receipt>) -> Result<Vec<Recorded>, ReceiptError> {
        // A write of its own costs half of what it does in a transaction.
        if let [receipt] = receipts.as_slice() {
            return Ok(vec![self.record(receipt.clone()).await?]);
        }
        for receipts in receipts.chunks(MOST_AT_ONCE) {
            let writes: Result<Vec<_>, ServiceError> = receipts
                .iter()
                .map(|receipt| {
                    let put = put(&self.table, receipt)?
                        .condition_expression(OURS)
                        .expression_attribute_values(":request", text(&receipt.request_id));
                    transact_put(put)
                })
                .collect();
            transact(&self.client, writes?).await?;
        }
        Ok(receipts.into_iter().map(Recorded).collect())
    }
}
