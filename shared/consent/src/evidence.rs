//! The evidence of a decision, or of the end of a grant, which is kept for as long as the profile is.

use event::Surface;
use identity::ProfileId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenancy::{LegalBasis, Purpose, TenantId, TextDigest, TextVersion};

use crate::{Consent, DecisionId, Language, Ruling};

/// One decision, or the end of a grant, with its evidence: row
/// `decision#<tenant>#<purpose>#<decision id>` of the profiles. It is written once, in the transaction
/// that made it hold, and never changed.
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
    /// The digest of that text, where the directory has it: it proves which text it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_sha256: Option<TextDigest>,
    /// In which language, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Where they decided.
    pub surface: Surface,
    /// Yes, no, or no longer yes.
    #[serde(rename = "ruling")]
    pub outcome: Recorded,
    /// When they decided, or the grant ended.
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

/// What a [`DecisionRecord`] is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recorded {
    /// The person agreed.
    Granted,
    /// The person does not agree, or no longer.
    Withdrawn,
    /// The time was over for which they had agreed.
    Expired,
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
    /// The evidence of what `consent` is: a decision, or the end of a grant.
    #[must_use]
    pub fn new(
        decision_id: DecisionId,
        consent: &Consent,
        legal_basis: LegalBasis,
        request_id: &str,
    ) -> Self {
        let end = consent.expires_at.filter(|_| consent.ended);
        let outcome = match consent.ruling {
            Ruling::Withdrawn => Recorded::Withdrawn,
            Ruling::Granted if end.is_some() => Recorded::Expired,
            Ruling::Granted => Recorded::Granted,
        };
        Self {
            profile_id: consent.profile_id,
            part: format!("{}{decision_id}", parts(&consent.tenant, &consent.purpose)),
            decision_id,
            schema_version: SchemaVersion::V1,
            tenant: consent.tenant.clone(),
            purpose: consent.purpose.clone(),
            legal_basis,
            text_version: consent.text_version.clone(),
            text_sha256: consent.text_sha256.clone(),
            language: consent.language.clone(),
            surface: end.map_or(consent.surface, |_| Surface::Expiry),
            outcome,
            decided_at: end.unwrap_or(consent.decided_at),
            expires_at: consent.expires_at,
            withdrawal_method: Surface::SelfService,
            overrides_gpc: consent.overrides_gpc && end.is_none(),
            version: consent.version,
            request_id: request_id.to_owned(),
        }
    }
}
