//! What holds on a purpose: the latest decision on it, and for how long.

use event::Surface;
use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::planted;
use serde::{Deserialize, Serialize};
use tenancy::{LegalBasis, Purpose, TenantId, TextDigest, TextVersion};

use crate::Language;

/// What a person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// Yes.
    Granted,
    /// No, or no longer.
    Withdrawn,
}

/// The latest decision on (tenant, purpose): row `consent#<tenant>#<purpose>` of the profiles. The
/// evidence of each decision lies beside it, in [`DecisionRecord`](crate::DecisionRecord).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Whose.
    pub profile_id: ProfileId,
    pub(crate) part: String,
    /// To whom.
    pub tenant: TenantId,
    /// For what.
    pub purpose: Purpose,
    /// Yes or no.
    pub ruling: Ruling,
    /// Which text they saw.
    pub text_version: TextVersion,
    /// The digest of that text, where the directory has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_sha256: Option<TextDigest>,
    /// In which language, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Where they decided.
    pub surface: Surface,
    /// When they decided.
    pub decided_at: Timestamp,
    /// When a grant ends by itself; absent if it stands until it is withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whether the person granted it in spite of their Global Privacy Control, having been told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overrides_gpc: bool,
    /// Whether it is on record that the grant ended by itself. It ends at `expires_at`, whether or not
    /// that was recorded yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
    /// Grows by one with each decision, and when it is recorded that a grant ended.
    pub version: u64,
    /// The member that decided, where a person is made of several and it is not the one in whose
    /// partition this lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<ProfileId>,
}

/// What a decision, or that there is none, comes to at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing was decided, which grants nothing.
    #[default]
    NeverDecided,
    /// Granted, and neither withdrawn nor expired.
    Granted,
    /// Withdrawn, or refused from the first.
    Withdrawn,
    /// Granted once, for a time that is over.
    Expired,
}

/// The part of a profile that holds the consent on (tenant, purpose).
#[must_use]
pub fn part(tenant: &TenantId, purpose: &Purpose) -> String {
    format!("{}{purpose}", parts(tenant))
}

/// What the parts of all consents to a tenant begin with.
pub(crate) fn parts(tenant: &TenantId) -> String {
    format!("consent#{tenant}#")
}

impl Consent {
    /// What the decision comes to at `now`.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> State {
        let is_over = self.expires_at.is_some_and(|end| end <= now)
            && !planted::is_on("expired-consent-counts-as-granted");
        match self.ruling {
            Ruling::Withdrawn => State::Withdrawn,
            Ruling::Granted if is_over => State::Expired,
            Ruling::Granted => State::Granted,
        }
    }

    /// Whether it is a grant, and no end of it is on record.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let has_ended = self.ended && !planted::is_on("grant-ends-twice");
        self.ruling == Ruling::Granted && !has_ended
    }

    /// Whether it is a grant whose time is over at `now`, and that is still to be recorded.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.is_open() && self.expires_at.is_some_and(|end| end <= now)
    }

    /// The same, with its end on record.
    pub(crate) fn at_its_end(&self) -> Self {
        Self {
            ended: true,
            version: self.version + 1,
            ..self.clone()
        }
    }
}

impl State {
    /// What the latest decision, if there is one, comes to at `now`.
    #[must_use]
    pub fn of(latest: Option<&Consent>, now: Timestamp) -> Self {
        let undecided = if planted::is_on("consent-granted-by-default") {
            Self::Granted
        } else {
            Self::NeverDecided
        };
        latest.map_or(undecided, |consent| consent.state_at(now))
    }

    /// Whether data may be processed for a purpose of that basis. A person's yes is needed where the
    /// basis is consent (GDPR Art. 7), and their objection counts where it is legitimate interests
    /// (Art. 21); on any other basis it does not depend on them.
    #[must_use]
    pub const fn permits(self, basis: LegalBasis) -> bool {
        match basis {
            LegalBasis::Consent => matches!(self, Self::Granted),
            LegalBasis::LegitimateInterests => !matches!(self, Self::Withdrawn),
            LegalBasis::Contract
            | LegalBasis::LegalObligation
            | LegalBasis::VitalInterests
            | LegalBasis::PublicTask => true,
        }
    }
}
