//! How far each run is, and how each extension has been doing.
//!
//! A run's row goes absent → `running` (with an owner and a lease) → `failed`, to be tried again, or `finished`,
//! with what the bus is to be told → `done`, once it was told. Whoever finds a lease run out takes over; of a run
//! that was cut off again and again nothing more is expected, since code can do that to its host.
//!
//! What a run used, and what it makes of the breaker, is written in the transaction that ends it: so it counts once.

mod breaker;
mod usage;

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::update_item::UpdateItemError,
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure, Update, builders::UpdateBuilder},
};
use aws_types::SdkConfig;
use extension::RunId;
use jiff::Timestamp;
use lambda_kit::{
    clock::{Clock, later},
    dynamodb::{
        Row, TransactionFailure, is_refused, names, number, text, transact, transact_update,
    },
    error::ServiceError,
    planted,
};
use serde::{Deserialize, Serialize};

pub(crate) use self::{
    breaker::Standing,
    usage::{Counted, Used},
};
use crate::LEASE;

/// How long a run is remembered: longer than any queue keeps its messages (14 days).
const RETENTION: Duration = Duration::from_hours(15 * 24);

/// Keeps how far runs are: `dynamodb:GetItem`, `PutItem` and `UpdateItem` on the tenant's rows of the ledger.
#[derive(Debug, Clone)]
pub(crate) struct RunLedger {
    client: Client,
    table: String,
    clock: Clock,
}

/// What can go wrong with the ledger.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// DynamoDB did not do it.
    #[error("the ledger can't be used")]
    Service(#[from] ServiceError),
    /// The lease ran out and someone else took over.
    #[error("the lease ran out before the run was recorded")]
    LeaseLost,
    /// Too many runs of the extension end at once.
    #[error("too many runs end at once")]
    Contended,
    /// A row that this code did not write.
    #[error("a row of the ledger can't be read")]
    Malformed,
}

/// What a claim found.
#[derive(Debug)]
pub(crate) enum Claim {
    /// It is ours to run, until the lease runs out.
    Mine(Lease),
    /// It was run before, and what came of it is still to be told.
    Finished(Finished),
    /// It was run before.
    Done,
    /// Someone else is at it until then.
    Busy(Timestamp),
}

/// The right to run code on an event.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    pub(crate) run: RunId,
    owner: String,
    /// How often it failed before.
    pub(crate) failures: u32,
    /// How often it was cut off before: by no more than an update of its host, or by what it did to it.
    pub(crate) cut_offs: u32,
}

/// What came of a run for good.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Finished {
    /// The event that tells of it.
    pub(crate) result: String,
    /// Why it is a dead letter, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dead: Option<Dead>,
}

/// Why something is a dead letter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Dead {
    pub(crate) cause: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
    /// The end of the log, until the dead letter has it.
    pub(crate) log: String,
}

/// How a run ends: for good, or to be tried again.
pub(crate) enum Ending<'a> {
    Finished(&'a Finished),
    Failed,
}

#[derive(Deserialize)]
struct RunItem {
    state: State,
    owner: String,
    /// Milliseconds since the epoch.
    lease_until: i64,
    #[serde(default)]
    attempts: u32,
    /// How many of these ended, and failed.
    #[serde(default)]
    failures: u32,
    finished: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Running,
    Failed,
    Finished,
    Done,
}

impl RunLedger {
    pub(crate) fn new(sdk: &SdkConfig, table: &str, clock: Clock) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.to_owned(),
            clock,
        }
    }

    /// Asks for the right to run `run`, as `owner`.
    pub(crate) async fn claim(&self, run: &RunId, owner: String) -> Result<Claim, LedgerError> {
        let now = self.clock.now();
        let lease_until = later(now, LEASE).as_millisecond();
        let claimed = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("key", text(run.row()))
            .update_expression("SET #state = :running, #owner = :owner, lease_until = :until, expires_at = :expires ADD attempts :one")
            .condition_expression("attribute_not_exists(#key) OR #state = :failed OR (#state = :running AND lease_until <= :now)")
            .set_expression_attribute_names(Some(names(&["key", "state", "owner"])))
            .expression_attribute_values(":running", text("running"))
            .expression_attribute_values(":failed", text("failed"))
            .expression_attribute_values(":owner", text(&owner))
            .expression_attribute_values(":until", number(lease_until))
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .expression_attribute_values(":expires", number(later(now, RETENTION).as_second()))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let row = match claimed {
            Ok(answer) => answer.attributes.ok_or(LedgerError::Malformed)?,
            Err(error) if is_refused(&error) => refused(&error).ok_or(LedgerError::Malformed)?,
            Err(error) => return Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
        };
        let item: RunItem = serde_dynamo::from_item(row).map_err(|_| LedgerError::Malformed)?;
        item.claim(run, owner)
    }

    /// Lets go of a run that did not come to run: it does not count as an attempt.
    pub(crate) async fn release(&self, lease: &Lease) -> Result<(), LedgerError> {
        let released = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("key", text(lease.run.row()))
            .update_expression("SET #state = :failed ADD attempts :less")
            .condition_expression("#owner = :owner AND #state = :running")
            .set_expression_attribute_names(Some(names(&["state", "owner"])))
            .expression_attribute_values(":failed", text("failed"))
            .expression_attribute_values(":running", text("running"))
            .expression_attribute_values(":owner", text(&lease.owner))
            .expression_attribute_values(":less", number(-1))
            .send()
            .await;
        match released {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
        }
    }

    /// Ends a run as `ending` says, with what it used and with what it makes of how the extension has been doing.
    pub(crate) async fn end(
        &self,
        lease: &Lease,
        ending: Ending<'_>,
        used: &Used,
        standing: Option<&Standing>,
    ) -> Result<Ended, LedgerError> {
        let mut items = vec![
            transact_update(self.ended(lease, &ending)?)?,
            transact_update(self.counted(lease, used))?,
        ];
        if let Some(standing) = standing {
            items.push(self.put_standing(lease, standing)?);
        }
        if planted::is_on("extension-run-counted-apart") {
            transact(&self.client, vec![items.remove(1)])
                .await
                .map_err(of_transaction)?;
        }
        match transact(&self.client, items).await {
            Ok(()) => Ok(Ended::OnRecord),
            Err(TransactionFailure::Refused(places)) if places.contains(&0) => {
                self.against(lease).await
            }
            Err(TransactionFailure::Refused(_)) => Ok(Ended::Overtaken),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }

    fn ended(&self, lease: &Lease, ending: &Ending<'_>) -> Result<UpdateBuilder, LedgerError> {
        let update = Update::builder()
            .table_name(&self.table)
            .key("key", text(lease.run.row()))
            .condition_expression("#owner = :owner AND #state = :running")
            .set_expression_attribute_names(Some(names(&["state", "owner"])))
            .expression_attribute_values(":owner", text(&lease.owner))
            .expression_attribute_values(":running", text("running"));
        Ok(match ending {
            Ending::Failed => update
                .update_expression("SET #state = :failed ADD failures :one")
                .expression_attribute_values(":failed", text("failed"))
                .expression_attribute_values(":one", number(1)),
            Ending::Finished(finished) => {
                let finished = serde_json::to_string(finished);
                let finished = finished.map_err(|_| LedgerError::Malformed)?;
                update
                    .update_expression(
                        "SET #state = :finished, finished = :what REMOVE attempts, failures",
                    )
                    .expression_attribute_values(":finished", text("finished"))
                    .expression_attribute_values(":what", text(finished))
            }
        })
    }

    /// Where a run's row was in the way of its end: what stands there now. A transaction that was repeated under
    /// another token finds what it wrote itself.
    async fn against(&self, lease: &Lease) -> Result<Ended, LedgerError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("key", text(lease.run.row()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.ok_or(LedgerError::LeaseLost)?;
        let item: RunItem = serde_dynamo::from_item(row).map_err(|_| LedgerError::Malformed)?;
        let is_ours = item.owner == lease.owner && item.state != State::Running;
        if is_ours {
            Ok(Ended::OnRecord)
        } else {
            Err(LedgerError::LeaseLost)
        }
    }

    /// Puts on record that what came of a run was told. The text of it is needed no more.
    pub(crate) async fn done(&self, run: &RunId) -> Result<(), LedgerError> {
        let done = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("key", text(run.row()))
            .update_expression("SET #state = :done REMOVE finished")
            .condition_expression("#state = :finished OR #state = :done")
            .set_expression_attribute_names(Some(names(&["state"])))
            .expression_attribute_values(":finished", text("finished"))
            .expression_attribute_values(":done", text("done"))
            .send()
            .await;
        match done {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Err(LedgerError::LeaseLost),
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
        }
    }
}

/// Whether the end of a run is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It is.
    OnRecord,
    /// Another run of the extension ended meanwhile: how it has been doing is to be looked at anew.
    Overtaken,
}

impl RunItem {
    /// What it means that this is the row after a claim as `owner`.
    fn claim(self, run: &RunId, owner: String) -> Result<Claim, LedgerError> {
        match self.state {
            State::Running if self.owner == owner => Ok(Claim::Mine(Lease {
                run: run.clone(),
                owner,
                failures: self.failures,
                cut_offs: self.attempts.saturating_sub(self.failures + 1),
            })),
            State::Running => {
                let until = Timestamp::from_millisecond(self.lease_until);
                Ok(Claim::Busy(until.map_err(|_| LedgerError::Malformed)?))
            }
            State::Finished => {
                let finished = self.finished.ok_or(LedgerError::Malformed)?;
                let finished = serde_json::from_str(&finished);
                Ok(Claim::Finished(
                    finished.map_err(|_| LedgerError::Malformed)?,
                ))
            }
            State::Done => Ok(Claim::Done),
            // What failed is free: it was taken between the refusal and its answer.
            State::Failed => Err(LedgerError::Contended),
        }
    }
}

fn of_transaction(failure: TransactionFailure) -> LedgerError {
    match failure {
        TransactionFailure::Refused(_) => LedgerError::Contended,
        TransactionFailure::Service(error) => error.into(),
    }
}

/// The row that was in the way of an update.
fn refused<R>(error: &SdkError<UpdateItemError, R>) -> Option<Row> {
    let SdkError::ServiceError(context) = error else {
        return None;
    };
    let UpdateItemError::ConditionalCheckFailedException(failed) = context.err() else {
        return None;
    };
    failed.item().cloned()
}
