//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that is sent again
//! under its key gets the first answer again, and is never two requests.
//!
//! A function puts [`AnswerStore::once`] around each route that changes something, and
//! [`AnswerStore::once_while`] where the answer tells of a person. A row of the ledger goes absent →
//! `in_progress` (with an owner and a lease) → `done` (with the answer, sealed) and expires. Who finds
//! a lease run out takes over under the same request id, by which the tables recognise what the first
//! one wrote.

mod agreed;
mod key;
mod problems;
mod sealed;

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client, operation::update_item::builders::UpdateItemFluentBuilder,
    types::ReturnValuesOnConditionCheckFailure::AllOld,
};
pub use key::{InvalidKey, Key};
use serde::{Deserialize, Serialize};

use crate::{
    Chain,
    clock::{Clock, later},
    dynamodb::{is_refused, names, number, refused_put, text},
    error::ServiceError,
    http::{Request, Response},
    ids::IdSource,
    planted,
    problem::Problem,
};

/// For how long an answer is kept.
const KEPT: Duration = Duration::from_hours(24);

/// For how long a request may be under way: as long as a function that answers one may take, unless
/// it says otherwise. `cdk/test/functions.test.ts` holds the functions to it.
const LEASE: Duration = Duration::from_secs(10);

/// The longest answer that is kept, in bytes as it is stored; a unit of writing for each 1,024. A
/// longer one is made anew when its request comes again.
const LONGEST: usize = 64 * 1024;

/// How often an update is sent that meets other writers.
const ATTEMPTS: u32 = 3;

/// Keeps answers under their requests' keys: `dynamodb:PutItem` and `dynamodb:UpdateItem` on the
/// ledger.
#[derive(Debug, Clone)]
pub struct AnswerStore {
    client: Client,
    table: String,
    clock: Clock,
    ids: IdSource,
    lease: Duration,
}

/// The row of a request under its key.
#[derive(Debug, Serialize, Deserialize)]
struct AnswerItem {
    key: String,
    /// A keyed digest of what was asked.
    asked: String,
    state: State,
    owner: String,
    /// Milliseconds since the epoch.
    lease_until: i64,
    /// The sealed answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    /// Seconds since the epoch, as the table's time to live demands.
    expires_at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    InProgress,
    Done,
}

/// The right to answer a request.
#[derive(Debug)]
struct Lease<'a> {
    key: &'a Key,
    owner: String,
}

/// What a claim found.
enum Claim<'a> {
    /// The request is ours to answer.
    Acquired(Lease<'a>),
    /// It was answered before.
    Answered(Response),
}

/// Why a key can't be used.
#[derive(Debug, thiserror::Error)]
enum LedgerError {
    #[error("the ledger can't be used")]
    Service(#[from] ServiceError),
    #[error("a row of the ledger can't be read")]
    Malformed,
    #[error("too many repetitions of a request at once")]
    Contended,
}

impl AnswerStore {
    /// A store in the ledger `table`.
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
            lease: LEASE,
        }
    }

    /// The same for a request that may take as long as `lease`: a repetition that came earlier would do
    /// the first one's work beside it.
    #[must_use]
    pub fn leased_for(self, lease: Duration) -> Self {
        Self { lease, ..self }
    }

    /// The answer of `route` to `request`, which is the first one again if the request bears a key
    /// and came before. `holder` names the caller; a key is nobody else's. `route` gets the request
    /// under an id that is the same each time it comes. Without a key it costs no call.
    ///
    /// # Errors
    /// What `route` answers with, and the problems that concern the key.
    pub async fn once<E>(
        &self,
        request: &Request,
        holder: &str,
        route: impl AsyncFnOnce(&Request) -> Result<Response, E>,
    ) -> Result<Response, E>
    where
        E: From<Problem>,
        Response: From<E>,
    {
        let always = async || Ok::<(), E>(());
        self.once_while(request, holder, always, route).await
    }

    /// The same for a route whose answer tells of a person: what was kept is given again only while
    /// `is_there` finds them. Somebody who was erased, or asked for it, is told of by no route any
    /// more, and so by no kept answer either.
    ///
    /// # Errors
    /// As [`once`](Self::once) has them, and what `is_there` says of whoever is gone.
    pub async fn once_while<E>(
        &self,
        request: &Request,
        holder: &str,
        is_there: impl AsyncFnOnce() -> Result<(), E>,
        route: impl AsyncFnOnce(&Request) -> Result<Response, E>,
    ) -> Result<Response, E>
    where
        E: From<Problem>,
        Response: From<E>,
    {
        let key = Key::of(request, holder).map_err(Problem::from)?;
        // A route goes deep through the SDK: boxed, it is not part of its function's layout.
        let Some(key) = key else {
            return Box::pin(route(request)).await;
        };
        match self.claim(&key).await? {
            Claim::Answered(response) => {
                if !planted::is_on("kept-answer-outlives-its-person") {
                    Box::pin(is_there()).await?;
                }
                Ok(response.header("idempotency-replayed", "true"))
            }
            Claim::Acquired(lease) => {
                let request = known_by(&key, request);
                let response = Box::pin(route(&request)).await;
                let response = response.unwrap_or_else(Response::from);
                self.settle(lease, &response).await;
                Ok(response)
            }
        }
    }

    async fn claim<'a>(&self, key: &'a Key) -> Result<Claim<'a>, Problem> {
        let now = self.clock.now();
        let item = AnswerItem {
            key: key.row(),
            asked: key.asked().to_owned(),
            state: State::InProgress,
            owner: self.ids.uuid().simple().to_string(),
            lease_until: later(now, self.lease).as_millisecond(),
            answer: None,
            expires_at: later(now, KEPT).as_second(),
        };
        match self.put(&item).await {
            Ok(None) => Ok(Claim::Acquired(Lease {
                key,
                owner: item.owner,
            })),
            Ok(Some(found)) => self.against(key, &item, &found),
            Err(error) => Err(problems::unavailable(&error)),
        }
    }

    /// Puts `item` where nothing stands that counts; otherwise returns what does.
    async fn put(&self, item: &AnswerItem) -> Result<Option<AnswerItem>, LedgerError> {
        let now = self.clock.now();
        let row = serde_dynamo::to_item(item).map_err(|_| LedgerError::Malformed)?;
        let free = "attribute_not_exists(#key) OR #expires_at <= :now_s OR (#asked = :asked AND #state = :in_progress AND #lease_until <= :now_ms)";
        let mut put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row));
        if !planted::is_on("repetition-claimed-unconditionally") {
            put = put
                .condition_expression(free)
                .set_expression_attribute_names(Some(names(&[
                    "key",
                    "expires_at",
                    "asked",
                    "state",
                    "lease_until",
                ])))
                .expression_attribute_values(":now_s", number(now.as_second()))
                .expression_attribute_values(":now_ms", number(now.as_millisecond()))
                .expression_attribute_values(":asked", text(&item.asked))
                .expression_attribute_values(":in_progress", text("in_progress"))
                .return_values_on_condition_check_failure(AllOld);
        }
        match put.send().await {
            Ok(_) => Ok(None),
            Err(error) => match refused_put(&error) {
                Some(found) => serde_dynamo::from_item(found)
                    .map(Some)
                    .map_err(|_| LedgerError::Malformed),
                None => Err(ServiceError::new("dynamodb:PutItem", &error).into()),
            },
        }
    }

    /// What it means that `found` stands where `item` was to be put. Our own row stands there when
    /// the SDK repeated a put whose acknowledgement was lost.
    fn against<'a>(
        &self,
        key: &'a Key,
        item: &AnswerItem,
        found: &AnswerItem,
    ) -> Result<Claim<'a>, Problem> {
        if found.asked != item.asked {
            return Err(problems::another_request());
        }
        if found.owner == item.owner {
            let owner = found.owner.clone();
            return Ok(Claim::Acquired(Lease { key, owner }));
        }
        match (found.state, found.answer.as_deref()) {
            (State::Done, Some(answer)) => sealed::open(key, &found.owner, answer)
                .map(Claim::Answered)
                .map_err(|error| problems::unavailable(&error)),
            (State::Done, None) => Err(problems::unavailable(&LedgerError::Malformed)),
            (State::InProgress, _) => {
                let left = found.lease_until - self.clock.now().as_millisecond();
                Err(problems::under_way(left))
            }
        }
    }

    /// Keeps the answer, or lets go of the request where the answer is none to keep. What fails here
    /// is logged: the request was answered, and a repetition takes it over when the lease runs out.
    async fn settle(&self, lease: Lease<'_>, response: &Response) {
        let answer = sealed::seal(lease.key, &lease.owner, response);
        let is_final = response.status_code < 500 && !planted::is_on("answer-not-kept");
        let kept = match answer {
            Ok(answer) if is_final && answer.len() <= LONGEST => self.keep(&lease, answer).await,
            _ => self.release(&lease).await,
        };
        if let Err(error) = kept {
            tracing::warn!(error = %Chain(&error), "an answer is not kept under its key");
        }
    }

    async fn keep(&self, lease: &Lease<'_>, answer: String) -> Result<(), ServiceError> {
        let update = self
            .update(lease, "SET #state = :done, #answer = :answer")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#answer", "answer")
            .expression_attribute_values(":done", text("done"))
            .expression_attribute_values(":answer", text(answer));
        sent(update).await
    }

    /// Whoever comes next may take over at once.
    async fn release(&self, lease: &Lease<'_>) -> Result<(), ServiceError> {
        let update = self
            .update(lease, "SET #lease_until = :now")
            .expression_attribute_names("#lease_until", "lease_until")
            .expression_attribute_values(":now", number(self.clock.now().as_millisecond()));
        sent(update).await
    }

    fn update(&self, lease: &Lease<'_>, expression: &str) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key("key", text(lease.key.row()))
            .update_expression(expression)
            .condition_expression("#owner = :owner")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", text(&lease.owner))
    }
}

/// The request under the id that it has whenever it comes.
fn known_by(key: &Key, request: &Request) -> Request {
    if planted::is_on("repetition-under-another-id") {
        return request.clone();
    }
    let request = request.known_as(key.request_id());
    tracing::info!(request.id = request.id(), "the request goes by its key");
    request
}

/// Sends an update of a leased row. A lease that somebody took over is nobody's failure: they keep
/// an answer to the same request. Who met another writer tries again, since the SDK does not.
async fn sent(update: UpdateItemFluentBuilder) -> Result<(), ServiceError> {
    let mut attempt = 1;
    loop {
        let failure = match update.clone().send().await {
            Err(error) if !is_refused(&error) => ServiceError::new("dynamodb:UpdateItem", &error),
            _ => return Ok(()),
        };
        if failure.code != "TransactionConflictException" || attempt == ATTEMPTS {
            return Err(failure);
        }
        tokio::time::sleep(Duration::from_millis(20 << attempt)).await;
        attempt += 1;
    }
}
