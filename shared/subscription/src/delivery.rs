//! A delivery: row `<tenant>#<partner>#<subscription>`, `dlv_…` of the table `deliveries`. All that
//! becomes of it is decided here; whoever writes it down has to have seen it as it stood.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lambda_kit::{clock::later, planted};
use serde::{Deserialize, Serialize};
use tenancy::{PartnerId, TenantId};
use webhook::next_attempt;

use crate::{
    DeliveryId, Disablement, Kind, Message, Subscription, SubscriptionId, kinds::DISABLED,
};

/// For how long a delivery is kept once it is over. While it waits it is kept: nothing is given up in
/// silence.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// For how long an attempt is nobody else's: longer than one may take.
const LEASE: Duration = Duration::from_mins(1);

/// What is due sooner goes into the queue at once, with a delay: the longest that SQS has.
const SOON: SignedDuration = SignedDuration::from_mins(15);

/// How long after it is due something is looked for that the queue should have brought.
const GRACE: Duration = Duration::from_mins(1);

/// Into how many partitions of the index `due` what waits is spread.
pub(crate) const SHARDS: u8 = 4;

/// As many attempts as are told of.
const MOST_TOLD: usize = 16;

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is to be sent.
    Waiting,
    /// An attempt was begun.
    Sending,
    /// The receiver has it.
    Delivered,
    /// The receiver never took it.
    Failed,
    /// The receiver may not have it.
    Withheld,
    /// Nobody wants it any more.
    Cancelled,
}

/// How a delivery ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Agreement or consent do not allow it.
    Withheld,
    /// The subscription, or what was to be told, is no more.
    Cancelled,
    /// The receiver failed for so long that it is sent nothing any more.
    Failed,
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was answered by 2xx.
    Delivered,
    /// It was answered by 410.
    Gone,
    /// It was answered by anything else.
    Refused,
    /// There was no answer.
    NoAnswer,
    /// The host has no address on the internet.
    NoAddress,
    /// It was not made: the endpoint had failed too often just before.
    NotCalled,
}

/// An attempt that came to an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it ended.
    pub at: Timestamp,
    /// How.
    pub outcome: Outcome,
    /// With which status, if there was an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

/// A message to a partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// `<tenant>#<partner>#<subscription>`.
    pub subscription: String,
    /// What it is called, and the `webhook-id`.
    pub delivery_id: DeliveryId,
    /// The tenant.
    pub tenant: TenantId,
    /// Who is told.
    pub partner: PartnerId,
    /// Under which subscription.
    pub subscription_id: SubscriptionId,
    /// The event's type.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What is told.
    pub message: Message,
    /// When it was put there.
    pub created_at: Timestamp,
    /// How far it is.
    pub state: DeliveryState,
    /// How many attempts were begun since it was last put there.
    pub attempts: u32,
    /// The latest of those that ended.
    pub tried: Vec<Attempt>,
    /// Who makes the attempt that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Under which receipt it is given, and under which it is withheld: the same for all attempts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipts: Option<[String; 2]>,
    /// Not before then: when it is due, or when whoever is at it counts as cut off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
    /// The sparse index's partition, while it is not over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_shard: Option<String>,
    /// The sparse index's order: by subscription, and within one by when it is looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_order: Option<String>,
    /// When it is looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<String>,
    /// When the row is removed, in seconds since 1970: once it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// One more with each write.
    pub version: u64,
}

/// What whoever wants to make an attempt finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is theirs, once this is written.
    Mine(Box<Delivery>),
    /// It is not due, or somebody is at it.
    NotYet,
    /// It is over.
    Over,
}

/// A moment as the index has it.
pub(crate) fn due_at(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// A place in the order of the index: `at` of what is kept under `subscription`.
pub(crate) fn due_order(subscription: &str, at: &str) -> String {
    format!("{subscription}#{at}")
}

/// Under what the deliveries of a subscription are kept.
pub(crate) fn key(tenant: &TenantId, partner: &PartnerId, id: &SubscriptionId) -> String {
    format!("{tenant}#{partner}#{id}")
}

impl Delivery {
    /// That `subscription` is told of the event `event`, which happened at `time`.
    #[must_use]
    pub fn new(
        subscription: &Subscription,
        kind: Kind,
        (event, time): (&str, Timestamp),
        message: Message,
        now: Timestamp,
    ) -> Self {
        let Subscription {
            tenant,
            partner,
            subscription_id,
            ..
        } = subscription;
        let new = Self {
            subscription: key(tenant, partner, subscription_id),
            delivery_id: DeliveryId::of(subscription_id, event, time),
            tenant: tenant.clone(),
            partner: partner.clone(),
            subscription_id: subscription_id.clone(),
            kind,
            message,
            created_at: now,
            state: DeliveryState::Waiting,
            attempts: 0,
            tried: Vec::new(),
            owner: None,
            receipts: None,
            next_at: None,
            due_shard: None,
            due_order: None,
            due_at: None,
            expires_at: None,
            version: 0,
        };
        new.waiting(now, now)
    }

    /// That `subscription` is told of the end of another one, if it wants to be.
    #[must_use]
    pub fn of_disabled(
        subscription: &Subscription,
        disablement: &Disablement,
        now: Timestamp,
    ) -> Option<Self> {
        let kind = subscription.wanted(DISABLED)?.clone();
        let event = (disablement.id.as_str(), disablement.at);
        let message = Message::Disabled(disablement.clone());
        Some(Self::new(subscription, kind, event, message, now))
    }

    /// Takes the next attempt, or the one that somebody was cut off at. `receipts` are those of a
    /// delivery that has none yet.
    #[must_use]
    pub fn claim(&self, now: Timestamp, owner: String, receipts: [String; 2]) -> Claim {
        let is_due = self.next_at.is_none_or(|next_at| next_at <= now);
        let attempts = match self.state {
            DeliveryState::Waiting | DeliveryState::Sending if !is_due => return Claim::NotYet,
            DeliveryState::Waiting => self.attempts.saturating_add(1),
            DeliveryState::Sending => self.attempts,
            _ => return Claim::Over,
        };
        let before = self.receipts.clone();
        let claimed = Self {
            state: DeliveryState::Sending,
            attempts,
            owner: Some(owner),
            receipts: Some(before.unwrap_or(receipts)),
            ..self.clone()
        };
        Claim::Mine(Box::new(claimed.due(later(now, LEASE), now)))
    }

    /// Waits until then without an attempt: it was not called.
    #[must_use]
    pub fn postponed(self, until: Timestamp, now: Timestamp) -> Self {
        let attempts = self.attempts.saturating_sub(1);
        Self { attempts, ..self }.waiting(until, now)
    }

    /// After an attempt that ended at `now`: over, or waiting for the next one. `random` spreads what
    /// failed together, and `not_before` is when the receiver is ready. One that was not made, since the
    /// endpoint had failed too often, is one of the schedule's all the same: else nothing that waits for
    /// it would ever come to an end.
    #[must_use]
    pub fn tried(
        mut self,
        (outcome, status): (Outcome, Option<u16>),
        now: Timestamp,
        not_before: Option<Timestamp>,
        random: u64,
    ) -> Self {
        self.tried.push(Attempt {
            at: now,
            outcome,
            status,
        });
        let too_many = self.tried.len().saturating_sub(MOST_TOLD);
        self.tried.drain(..too_many);
        match outcome {
            Outcome::Delivered => self.over(DeliveryState::Delivered, now),
            Outcome::Gone if !planted::is_on("webhook-gone-is-tried-again") => {
                self.over(DeliveryState::Failed, now)
            }
            _ => {
                let attempts = usize::try_from(self.attempts).unwrap_or(usize::MAX);
                match next_attempt(attempts, now, not_before, random) {
                    Some(next) => self.waiting(next, now),
                    None => self.over(DeliveryState::Failed, now),
                }
            }
        }
    }

    /// Over at `now`, without having been sent.
    #[must_use]
    pub fn ended(self, end: End, now: Timestamp) -> Self {
        let state = match end {
            End::Withheld => DeliveryState::Withheld,
            End::Cancelled => DeliveryState::Cancelled,
            End::Failed => DeliveryState::Failed,
        };
        self.over(state, now)
    }

    /// To be sent again from the first attempt on, as its partner wants; `None` if that is so anyway.
    #[must_use]
    pub fn again(&self, now: Timestamp) -> Option<Self> {
        let is_due = self.next_at.is_none_or(|next_at| next_at <= now);
        match self.state {
            DeliveryState::Sending => None,
            DeliveryState::Waiting if is_due => None,
            _ => {
                // What is given once more is on record once more.
                let again = Self {
                    attempts: 0,
                    receipts: None,
                    ..self.clone()
                };
                Some(again.waiting(now, now))
            }
        }
    }

    /// For how many seconds it lies in the queue; `None` if it waits for longer than a queue delays.
    #[must_use]
    pub fn delay(&self, now: Timestamp) -> Option<i32> {
        let wait = self.next_at?.duration_since(now);
        if self.state != DeliveryState::Waiting || wait > SOON {
            return None;
        }
        // A message that comes a moment too early would be for nothing.
        let seconds = wait.as_secs().saturating_add(1).clamp(0, SOON.as_secs());
        Some(if wait <= SignedDuration::ZERO {
            0
        } else {
            i32::try_from(seconds).unwrap_or_default()
        })
    }

    fn waiting(self, next_at: Timestamp, now: Timestamp) -> Self {
        let waiting = Self {
            state: DeliveryState::Waiting,
            owner: None,
            ..self
        };
        waiting.due(next_at, now)
    }

    /// In the index: what a queue brings, only in case it does not.
    fn due(self, next_at: Timestamp, now: Timestamp) -> Self {
        let is_queued = next_at.duration_since(now) <= SOON;
        let found_at = if is_queued {
            later(next_at, GRACE)
        } else {
            next_at
        };
        let found_at = due_at(found_at);
        Self {
            next_at: Some(next_at),
            due_shard: Some(self.subscription_id.shard(SHARDS).to_string()),
            due_order: Some(due_order(&self.subscription, &found_at)),
            due_at: Some(found_at),
            expires_at: None,
            version: self.version.saturating_add(1),
            ..self
        }
    }

    fn over(self, state: DeliveryState, now: Timestamp) -> Self {
        Self {
            state,
            owner: None,
            next_at: None,
            due_shard: None,
            due_order: None,
            due_at: None,
            expires_at: Some(later(now, KEPT).as_second()),
            version: self.version.saturating_add(1),
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
