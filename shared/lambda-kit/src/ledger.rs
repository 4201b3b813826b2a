//! The idempotency ledger: an effect outside our own tables happens under a lease, and once it
//! happened that is on record.
//!
//! A row goes absent → `in_progress` (with an owner and a lease) → `done`, and expires. Whoever
//! finds a lease run out may take over; the owner's id fences off the one who was late.

use std::{collections::BTreeSet, time::Duration};

use aws_sdk_dynamodb::{Client, types::ReturnValuesOnConditionCheckFailure::AllOld};
use serde::{Deserialize, Serialize};

use crate::{
    clock::{Clock, later},
    dynamodb::{Row, batch_get, is_refused, names, number, refused_put, text},
    error::ServiceError,
    ids::IdSource,
    planted,
};

/// How long a finished effect is remembered: longer than any queue keeps its messages (14 days).
const RETENTION: Duration = Duration::from_hours(15 * 24);

/// Reads and writes the `ledger` table: `dynamodb:PutItem` and `dynamodb:UpdateItem` on it.
#[derive(Debug, Clone)]
pub struct LedgerStore {
    client: Client,
    table: String,
    clock: Clock,
    ids: IdSource,
}

/// Knows which effects were made: `dynamodb:BatchGetItem` on the `ledger` table.
#[derive(Debug, Clone)]
pub struct LedgerReader {
    client: Client,
    table: String,
}

/// What a claim found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The effect is ours to make, until the lease runs out.
    Acquired(Lease),
    /// It was made before.
    Done,
    /// Someone else is at it.
    Busy,
}

/// The right to make one effect.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "an effect that is not completed will be made again"]
pub struct Lease {
    key: String,
    owner: String,
}

/// What can go wrong with the ledger.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// DynamoDB did not do it.
    #[error("the ledger can't be used")]
    Service(#[from] ServiceError),
    /// The lease ran out and someone else took over.
    #[error("the lease ran out before the effect was recorded")]
    LeaseLost,
    /// A row that this code did not write.
    #[error("a row of the ledger can't be read")]
    Malformed,
}

#[derive(Debug, Serialize, Deserialize)]
struct LedgerItem {
    key: String,
    state: State,
    owner: String,
    /// Milliseconds since the epoch.
    lease_until: i64,
    /// Seconds since the epoch, as the table's time to live demands.
    expires_at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    InProgress,
    Done,
}

impl LedgerStore {
    /// A ledger in `table`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        clock: Clock,
        ids: IdSource,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            clock,
            ids,
        }
    }

    /// Asks for the right to make the effect `key` within `lease`, which should be the function's
    /// timeout: a dead owner then blocks nobody for longer than it could have lived.
    pub async fn claim(&self, key: &str, lease: Duration) -> Result<Claim, LedgerError> {
        let now = self.clock.now();
        let item = LedgerItem {
            key: key.to_owned(),
            state: State::InProgress,
            owner: self.ids.uuid().simple().to_string(),
            lease_until: later(now, lease).as_millisecond(),
            expires_at: later(now, RETENTION).as_second(),
        };
        let row = serde_dynamo::to_item(&item).map_err(|_| LedgerError::Malformed)?;
        let free = "attribute_not_exists(#key) OR #expires_at < :now_s OR (#state = :in_progress AND #lease_until < :now_ms)";
        let mut put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row));
        if !planted::is_on("ledger-claim-unconditional") {
            put = put
                .condition_expression(free)
                .set_expression_attribute_names(Some(names(&[
                    "key",
                    "expires_at",
                    "state",
                    "lease_until",
                ])))
                .expression_attribute_values(":now_s", number(now.as_second()))
                .expression_attribute_values(":now_ms", number(now.as_millisecond()))
                .expression_attribute_values(":in_progress", text("in_progress"))
                .return_values_on_condition_check_failure(AllOld);
        }
        match put.send().await {
            Ok(_) => Ok(Claim::Acquired(Lease {
                key: item.key,
                owner: item.owner,
            })),
            Err(error) => match refused_put(&error) {
                Some(found) => serde_dynamo::from_item(found)
                    .map(|found| item.claim_against(found))
                    .map_err(|_| LedgerError::Malformed),
                None => Err(ServiceError::new("dynamodb:PutItem", &error).into()),
            },
        }
    }

    /// Puts on record that the effect was made.
    pub async fn complete(&self, lease: Lease) -> Result<(), LedgerError> {
        let done = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("key", text(lease.key))
            .update_expression("SET #state = :done")
            .condition_expression("#owner = :owner")
            .set_expression_attribute_names(Some(names(&["state", "owner"])))
            .expression_attribute_values(":done", text("done"))
            .expression_attribute_values(":owner", text(lease.owner))
            .send()
            .await;
        match done {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Err(LedgerError::LeaseLost),
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
        }
    }
}

impl LedgerReader {
    /// A reader of the ledger in `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// Those of `keys` whose effects were made. None of them may be there twice.
    pub async fn done(&self, keys: &[String]) -> Result<BTreeSet<String>, LedgerError> {
        let key = |key: &String| Row::from([("key".to_owned(), text(key))]);
        let keys: Vec<Row> = keys.iter().map(key).collect();
        let rows = batch_get(&self.client, &self.table, &keys).await?;
        let items = rows.into_iter().map(|row| {
            let item: Result<LedgerItem, _> = serde_dynamo::from_item(row);
            item.map_err(|_| LedgerError::Malformed)
        });
        let items: Vec<LedgerItem> = items.collect::<Result<_, _>>()?;
        let done = items.into_iter().filter(|item| item.state == State::Done);
        Ok(done.map(|item| item.key).collect())
    }
}

impl LedgerItem {
    /// What it means that `found` stands where this row was to be written. Our own row stands
    /// there when the SDK repeated a put whose acknowledgement was lost.
    fn claim_against(self, found: Self) -> Claim {
        match found {
            Self { owner, .. } if owner == self.owner => Claim::Acquired(Lease {
                key: self.key,
                owner,
            }),
            Self {
                state: State::Done, ..
            } => Claim::Done,
            Self {
                state: State::InProgress,
                ..
            } => Claim::Busy,
        }
    }
}
