//! A subscription: row `<tenant>`, `subscription#<partner>#<id>` of the table `subscriptions`.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use lambda_kit::{clock::later, planted, redact::Redacted};
use serde::{Deserialize, Serialize};
use tenancy::{AgreementId, PartnerId, Purpose, TenantId};
use webhook::{Circuit, Secret};

use crate::{Disablement, End, Kind, Secrets, SubscriptionId};

/// As many subscriptions as a partner has.
pub const MOST: usize = 50;

/// For how long an endpoint may do nothing but fail: longer than all attempts of a message take, so that
/// some of them have come to their end by then.
const PATIENCE: Duration = Duration::from_hours(5 * 24);

/// Whose a subscription is.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    /// The tenant.
    pub tenant: &'a TenantId,
    /// Its partner.
    pub partner: &'a PartnerId,
    /// Under which agreement the partner asks.
    pub agreement: Option<&'a AgreementId>,
    /// What the token was granted by which the partner asks.
    pub scopes: &'a BTreeSet<String>,
}

/// What a partner wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Where it is told.
    pub url: Redacted<String>,
    /// Of what.
    pub types: BTreeSet<Kind>,
    /// What for.
    pub purpose: Purpose,
    /// Whether it is told.
    pub state: State,
}

/// Whether a partner is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is.
    Active,
    /// It is not.
    Disabled,
}

/// Why a subscription is disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// Its partner wants it so.
    Partner,
    /// The endpoint answered 410: it is gone.
    Gone,
    /// The endpoint did nothing but fail for days.
    Failing,
}

/// That a partner wants to be told of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Whose events.
    pub tenant: TenantId,
    pub(crate) part: String,
    /// Who is told.
    pub partner: PartnerId,
    /// What it is called.
    pub subscription_id: SubscriptionId,
    /// Where to. Its path often holds a key.
    pub url: Redacted<String>,
    /// Of what.
    pub types: BTreeSet<Kind>,
    /// What for: by it agreement and consent are looked up whenever something is sent.
    pub purpose: Purpose,
    /// Under which agreement it was last asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<AgreementId>,
    /// What the token was granted by which it was last asked for.
    pub scopes: BTreeSet<String>,
    /// Whether it is told.
    pub state: State,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_because: Option<Because>,
    /// What messages are signed with.
    pub secrets: Secrets,
    /// How the endpoint has been doing.
    pub circuit: Circuit,
    /// Since when no call of it has succeeded, if the last one failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// When it was first asked for.
    pub created_at: Timestamp,
    /// When it was last changed by its partner, or disabled.
    pub updated_at: Timestamp,
    /// By which request it was last changed.
    pub last_request: String,
    /// One more with each write: nobody writes over what they have not seen.
    pub version: u64,
}

/// The part of the row.
pub(crate) fn part(partner: &PartnerId, id: &SubscriptionId) -> String {
    format!("{}{id}", prefix(partner))
}

/// With what the parts of a partner begin.
pub(crate) fn prefix(partner: &PartnerId) -> String {
    format!("subscription#{partner}#")
}

impl Subscription {
    /// A new one.
    #[must_use]
    pub fn new(
        whose: Whose<'_>,
        wanted: Wanted,
        secret: &Secret,
        request_id: &str,
        now: Timestamp,
    ) -> Self {
        let id = SubscriptionId::of(whose.tenant, whose.partner, request_id);
        Self {
            tenant: whose.tenant.clone(),
            part: part(whose.partner, &id),
            partner: whose.partner.clone(),
            subscription_id: id,
            url: wanted.url,
            types: wanted.types,
            purpose: wanted.purpose,
            agreement: whose.agreement.cloned(),
            scopes: whose.scopes.clone(),
            state: wanted.state,
            disabled_because: because(wanted.state),
            secrets: Secrets::new(secret),
            circuit: Circuit::CLOSED,
            failing_since: None,
            created_at: now,
            updated_at: now,
            last_request: request_id.to_owned(),
            version: 1,
        }
    }

    /// The same as its partner wants it now. The endpoint is looked at anew.
    #[must_use]
    pub fn changed(
        self,
        whose: Whose<'_>,
        wanted: Wanted,
        request_id: &str,
        now: Timestamp,
    ) -> Self {
        Self {
            url: wanted.url,
            types: wanted.types,
            purpose: wanted.purpose,
            agreement: whose.agreement.cloned(),
            scopes: whose.scopes.clone(),
            state: wanted.state,
            disabled_because: because(wanted.state),
            circuit: Circuit::CLOSED,
            failing_since: None,
            updated_at: now,
            last_request: request_id.to_owned(),
            version: self.version.saturating_add(1),
            ..self
        }
    }

    /// The same with another secret.
    #[must_use]
    pub fn rotated(self, secret: &Secret, request_id: &str, now: Timestamp) -> Self {
        Self {
            secrets: self.secrets.rotated(secret, now),
            updated_at: now,
            last_request: request_id.to_owned(),
            version: self.version.saturating_add(1),
            ..self
        }
    }

    /// The same for an endpoint that is gone.
    #[must_use]
    pub fn gone(self, now: Timestamp) -> Self {
        Self {
            state: State::Disabled,
            disabled_because: Some(Because::Gone),
            updated_at: now,
            version: self.version.saturating_add(1),
            ..self
        }
    }

    /// The same while its endpoint is tried, on record as `circuit`.
    #[must_use]
    pub fn trying(self, circuit: Circuit) -> Self {
        Self {
            circuit,
            version: self.version.saturating_add(1),
            ..self
        }
    }

    /// The same after a call that succeeded; `None` if that is nothing new.
    #[must_use]
    pub fn succeeded(self) -> Option<Self> {
        let is_new = self.circuit != Circuit::CLOSED || self.failing_since.is_some();
        is_new.then(|| Self {
            circuit: Circuit::CLOSED,
            failing_since: None,
            version: self.version.saturating_add(1),
            ..self
        })
    }

    /// The same after a call that failed at `now`, and disabled once it has failed for too long; `None` if
    /// that says nothing new.
    #[must_use]
    pub fn failed(self, now: Timestamp) -> Option<Self> {
        let circuit = self.circuit.failed(now);
        if circuit == self.circuit {
            return None;
        }
        let since = self.failing_since.unwrap_or(now);
        let is_over = circuit.is_open()
            && later(since, PATIENCE) <= now
            && !planted::is_on("webhook-failing-for-ever");
        let failed = Self {
            circuit,
            failing_since: Some(since),
            version: self.version.saturating_add(1),
            ..self
        };
        Some(if is_over && failed.is_active() {
            Self {
                state: State::Disabled,
                disabled_because: Some(Because::Failing),
                updated_at: now,
                ..failed
            }
        } else {
            failed
        })
    }

    /// What is told of it where it was disabled, and not by its partner.
    #[must_use]
    pub fn disablement(&self) -> Option<Disablement> {
        let because = self.disabled_because?;
        (because != Because::Partner).then(|| Disablement {
            id: format!("{}/{}", self.subscription_id, self.version),
            subscription_id: self.subscription_id.clone(),
            because,
            at: self.updated_at,
            failing_since: self.failing_since,
        })
    }

    /// How what waits for it ends, where it is not active. That nothing could be delivered is a failure of
    /// each; what nobody wants is none.
    #[must_use]
    pub fn end(&self) -> End {
        let is_failing = self.disabled_because == Some(Because::Failing);
        if is_failing && !planted::is_on("webhook-failing-is-cancelled") {
            End::Failed
        } else {
            End::Cancelled
        }
    }

    /// Whether its partner is told of events of this type.
    #[must_use]
    pub fn wants(&self, kind: &str) -> bool {
        self.wanted(kind).is_some()
    }

    /// The type of this name, if its partner is told of events of it.
    #[must_use]
    pub fn wanted(&self, kind: &str) -> Option<&Kind> {
        let mut types = self.types.iter().filter(|_| self.is_active());
        types.find(|wanted| wanted.as_str() == kind)
    }

    /// Whether its partner is told of anything.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == State::Active
    }
}

fn because(state: State) -> Option<Because> {
    match state {
        State::Active => None,
        State::Disabled => Some(Because::Partner),
    }
}
