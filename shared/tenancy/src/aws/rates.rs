//! Partners' limits, shared by all processes through the ledger.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::update_item::UpdateItemError,
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure::AllOld},
};
use lambda_kit::{
    Chain,
    clock::Clock,
    dynamodb::{Row, names, number, text},
    error::ServiceError,
    http::Response,
    ids::IdSource,
    metric::Metrics,
    problem::Problem,
};
use serde::Deserialize;

use super::{DirectoryError, Partner, PartnerReader};
use crate::{
    PartnerId, RateLimit, TenantId,
    rate::{Minute, Quota, Served, Share},
};

/// How often a share that met another one is asked for, each time smaller.
const ATTEMPTS: u32 = 4;

/// For how long a minute's row stays, in seconds after its end.
const KEPT: i64 = 3_600;

/// Holds partners to their limits: `dynamodb:UpdateItem` on the ledger, and `dynamodb:GetItem` on
/// the directory. Clones share what they hold.
#[derive(Debug, Clone)]
pub struct RateLimiter {
    client: Client,
    ledger: String,
    partners: PartnerReader,
    clock: Clock,
    ids: IdSource,
    metrics: Metrics,
    shares: Arc<Mutex<HashMap<String, Share>>>,
}

/// What the ledger says to a process that asks for a share.
enum Granted {
    /// It is the process's own; all together have taken so much.
    Share { size: u32, taken: u32 },
    /// There is not enough left.
    Nothing { taken: u32 },
}

/// Row `rate#<tenant>#<partner>#<minute>` of the ledger.
#[derive(Debug, Deserialize)]
struct RateItem {
    taken: u32,
    /// The share that was taken last: a repetition by the SDK is known by it.
    share: String,
}

/// A row that this code did not write.
#[derive(Debug, thiserror::Error)]
enum LedgerError {
    #[error("the ledger can't be used")]
    Service(#[from] ServiceError),
    #[error("a row of the ledger can't be read")]
    Malformed,
}

impl RateLimiter {
    /// A limiter of what `directory` says, which counts in `ledger`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        directory: impl Into<String>,
        ledger: impl Into<String>,
        clock: Clock,
        ids: IdSource,
        metrics: Metrics,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            ledger: ledger.into(),
            partners: PartnerReader::new(sdk, directory, clock.clone()),
            clock,
            ids,
            metrics,
            shares: Arc::default(),
        }
    }

    /// What the directory says of the partner, out of which its limit comes too: both are one call in a
    /// minute. `None` if there is no such partner.
    pub async fn partner(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
    ) -> Result<Option<Arc<Partner>>, DirectoryError> {
        self.partners.find(tenant, partner).await
    }

    /// The answer of `route`, which costs the partner `n` requests, if they are left in this minute;
    /// either way with the headers that tell where the limit stands. A call to the ledger for each
    /// share, and none between.
    ///
    /// # Errors
    /// What `route` answers with is an answer; there is no other error.
    pub async fn within<E>(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
        n: usize,
        route: impl AsyncFnOnce() -> Result<Response, E>,
    ) -> Result<Response, E>
    where
        E: From<Problem>,
        Response: From<E>,
    {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        let (is_granted, quota) = self.take(tenant, partner, n).await;
        let response = if is_granted {
            // A route goes deep through the SDK: boxed, it is not part of its function's layout.
            Box::pin(route()).await.unwrap_or_else(Response::from)
        } else {
            Response::from(E::from(quota.exceeded()))
        };
        Ok(quota.tell(response))
    }

    async fn take(&self, tenant: &TenantId, partner: &PartnerId, n: u32) -> (bool, Quota) {
        let now = self.clock.now();
        let minute = Minute::of(now);
        let key = format!("rate#{tenant}#{partner}");
        let held = self.with(&key, |share| {
            let share = share.filter(|share| share.minute == minute)?;
            Some((share.serve(n), *share))
        });
        let (served, share) = if let Some(held) = held {
            held
        } else {
            let mut share = Share::new(minute, self.limit(tenant, partner).await);
            (share.serve(n), share)
        };
        let Served::WithAnother(wanted) = served else {
            return (served == Served::Yes, share.told(now));
        };
        let granted = self.lease(&key, &share, wanted, n).await;
        let granted = granted.unwrap_or_else(|error| self.without_ledger(&error, wanted));
        let is_granted = matches!(granted, Granted::Share { .. });
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = shares.entry(key).or_insert(share);
        if kept.minute < minute {
            *kept = share;
        }
        match granted {
            Granted::Share { size, taken } => kept.add(size, n, taken),
            Granted::Nothing { taken } => kept.seen(taken),
        }
        (is_granted, kept.told(now))
    }

    fn with<T>(&self, key: &str, look: impl FnOnce(Option<&mut Share>) -> T) -> T {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        look(shares.get_mut(key))
    }

    /// The partner's limit by its row, or the usual one: a row that can't be read now opens nothing
    /// and closes nothing.
    async fn limit(&self, tenant: &TenantId, partner: &PartnerId) -> RateLimit {
        match self.partners.find(tenant, partner).await {
            Ok(row) => row.map_or(RateLimit::DEFAULT, |row| row.requests_per_minute),
            Err(error) => {
                tracing::error!(error = %Chain(&error), "a partner's limit can't be read");
                RateLimit::DEFAULT
            }
        }
    }

    /// The limit spares what is behind it, and protects no person: while the ledger can't be reached
    /// partners are served, a small share at a time, and it is counted.
    fn without_ledger(&self, error: &LedgerError, wanted: u32) -> Granted {
        tracing::error!(error = %Chain(error), "partners are served without a limit");
        self.metrics.count("rate_limit_unavailable", 1);
        Granted::Share {
            size: wanted,
            taken: 0,
        }
    }

    /// Asks for a share of `wanted`, or of what is left if that is at least `n`.
    async fn lease(
        &self,
        key: &str,
        share: &Share,
        mut wanted: u32,
        n: u32,
    ) -> Result<Granted, LedgerError> {
        let limit = share.limit.per_minute();
        let own = self.ids.uuid().simple().to_string();
        let mut taken = 0;
        for _ in 0..ATTEMPTS {
            if wanted < n {
                break;
            }
            match self.add(key, share, wanted, &own).await? {
                Ok(taken) => {
                    return Ok(Granted::Share {
                        size: wanted,
                        taken,
                    });
                }
                Err(found) if found.share == own => {
                    let taken = found.taken;
                    return Ok(Granted::Share {
                        size: wanted,
                        taken,
                    });
                }
                Err(found) => taken = found.taken,
            }
            wanted = wanted.min(limit.saturating_sub(taken));
        }
        Ok(Granted::Nothing { taken })
    }

    /// Adds `size` to what is taken of the minute, if the limit allows it: what is taken then, or
    /// the row that does not allow it.
    async fn add(
        &self,
        key: &str,
        share: &Share,
        size: u32,
        own: &str,
    ) -> Result<Result<u32, RateItem>, LedgerError> {
        let room = share.limit.per_minute().saturating_sub(size);
        let update = self
            .client
            .update_item()
            .table_name(&self.ledger)
            .key("key", text(format!("{key}#{}", share.minute.number())))
            .update_expression("SET #taken = if_not_exists(#taken, :none) + :size, #share = :own, #expires_at = :end")
            .set_expression_attribute_names(Some(names(&["taken", "share", "expires_at"])))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":size", number(size))
            .expression_attribute_values(":own", text(own))
            .expression_attribute_values(":end", number(share.minute.end() + KEPT))
            .condition_expression(
                "attribute_not_exists(#taken) OR (#taken <= :room AND #share <> :own)",
            )
            .expression_attribute_values(":room", number(room))
            .return_values(ReturnValue::UpdatedNew)
            .return_values_on_condition_check_failure(AllOld);
        match update.send().await {
            Ok(updated) => {
                let row = updated.attributes.unwrap_or_default();
                Ok(Ok(read(row)?.taken))
            }
            Err(error) => match refused(&error) {
                Some(row) => Ok(Err(read(row)?)),
                None => Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
            },
        }
    }
}

fn read(row: Row) -> Result<RateItem, LedgerError> {
    serde_dynamo::from_item(row).map_err(|_| LedgerError::Malformed)
}

/// The row that was in the way, if the condition was what failed.
fn refused<R>(error: &SdkError<UpdateItemError, R>) -> Option<Row> {
    let SdkError::ServiceError(context) = error else {
        return None;
    };
    let UpdateItemError::ConditionalCheckFailedException(failed) = context.err() else {
        return None;
    };
    Some(failed.item().cloned().unwrap_or_default())
}
