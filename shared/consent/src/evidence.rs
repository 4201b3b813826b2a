//! The evidence of a decision, which is kept for as long as the profile is.

use event::Surface;
use identity::ProfileId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenancy::{LegalBasis, Purpose, TenantId, TextVersion};

use crate::{Consent, DecisionId, Language, Ruling};

/// One decision with its evidence: row `decision#<tenant>#<purpose>#<decision id>` of the profiles.
/// It is written once, in the transaction that made the decision hold, and never changed.
///
/// Its members are those of a consent record of ISO/IEC TS 27560:2023; docs/consent.md has the
/// mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRecord {
    /// Whose decision.
    pub profile_id: ProfileId,
    part: String,
    /// Which.
    pub decision_id: DecisionId,
    /// The shape of this record.
    pub schema_version: SchemaVersion,
    /// Who controls the processing.
    pub tenant: TenantId,
    /// For what.
    pub purpose: Purpose,
    /// Why the processing was lawful, or was to be, when the person decided.
    pub legal_basis: LegalBasis,
    /// Which text the person saw.
    pub text_version: TextVersion,
    /// In which language, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Where they decided.
    pub surface: Surface,
    /// Yes or no.
    pub ruling: Ruling,
    /// When they decided.
    pub decided_at: Timestamp,
    /// When a grant ends by itself; absent if it stands until it is withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Where it can be withdrawn.
    pub withdrawal_method: Surface,
    /// Whether the person granted it in spite of their Global Privacy Control, having been told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overrides_gpc: bool,
    /// The version of the consent that it made.
    pub version: u64,
    /// The request that it was made by.
    pub request_id: String,
}

/// The shape of a [`DecisionRecord`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SchemaVersion {
    /// The first.
    #[serde(rename = "fairlead.consent/1")]
    V1,
}

/// What the parts of all decisions on (tenant, purpose) begin with.
pub(crate) fn parts(tenant: &TenantId, purpose: &Purpose) -> String {
    format!("decision#{tenant}#{purpose}#")
}

impl DecisionRecord {
    /// The evidence of the decision that `consent` is.
    #[must_use]
    pub fn new(
        decision_id: DecisionId,
        consent: &Consent,
        legal_basis: LegalBasis,
        request_id: &str,
    ) -> Self {
        Self {
            profile_id: consent.profile_id,
            part: format!("{}{decision_id}", parts(&consent.tenant, &consent.purpose)),
            decision_id,
            schema_version: SchemaVersion::V1,
            tenant: consent.tenant.clone(),
            purpose: consent.purpose.clone(),
            legal_basis,
            text_version: consent.text_version.clone(),
            language: consent.language.clone(),
            surface: consent.surface,
            ruling: consent.ruling,
            decided_at: consent.decided_at,
            expires_at: consent.expires_at,
            withdrawal_method: Surface::SelfService,
            overrides_gpc: consent.overrides_gpc,
            version: consent.version,
            request_id: request_id.to_owned(),
        }
    }
}
