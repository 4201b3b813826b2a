//! What a person has in their hands afterwards.

use identity::ErasureId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenancy::{PartnerId, TenantId};

use crate::{Erasure, Recipient};

const SCHEMA_VERSION: &str = "fairlead.erasure/1";

/// Where the certificate lies in its bucket.
pub(crate) fn key(id: &ErasureId) -> String {
    format!("certificates/{id}.json")
}

/// That a person was erased: what, by counts, when, and who was told. Nothing in it is personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CertificateResponse))]
pub struct Certificate {
    schema_version: String,
    /// Of which erasure.
    pub erasure_id: ErasureId,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    requested_at: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    frozen_at: Option<Timestamp>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    logins_removed_at: Option<Timestamp>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    data_removed_at: Option<Timestamp>,
    erased: Counts,
    kept: Vec<String>,
    recipients: Vec<Entry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    acknowledge_by: Option<Timestamp>,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    issued_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ErasedCounts))]
struct Counts {
    profiles: u64,
    logins: u64,
    identifiers: u64,
    records: u64,
    reasons_in_receipts: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ToldPartner))]
struct Entry {
    tenant: TenantId,
    partner: PartnerId,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    told_at: Timestamp,
    reminders: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    acknowledged_at: Option<Timestamp>,
}

impl Certificate {
    /// The certificate of `erasure`, of which `recipients` were told, issued now.
    #[must_use]
    pub fn new(erasure: &Erasure, recipients: &[Recipient], now: Timestamp) -> Self {
        let entry = |recipient: &Recipient| Entry {
            tenant: recipient.tenant.clone(),
            partner: recipient.partner.clone(),
            told_at: recipient.told_at,
            reminders: recipient.reminders,
            acknowledged_at: recipient.acknowledged_at,
        };
        Self {
            schema_version: SCHEMA_VERSION.to_owned(),
            erasure_id: erasure.erasure_id.clone(),
            requested_at: erasure.requested_at,
            frozen_at: erasure.frozen_at,
            logins_removed_at: erasure.logins_removed_at,
            data_removed_at: erasure.data_removed_at,
            erased: Counts {
                profiles: erasure.members,
                logins: erasure.logins,
                identifiers: erasure.identifiers,
                records: erasure.records,
                reasons_in_receipts: erasure.reasons,
            },
            kept: vec![
                "a keyed hash of each identifier, by which nothing brings the person back".to_owned(),
                "receipts of who read what, without names, values and reasons, under the bare id: for the rest of twelve months at hand, afterwards in an archive".to_owned(),
                "events that were refused and in which nobody can be told, or that came later: with their senders, for 14 days".to_owned(),
            ],
            recipients: recipients.iter().map(entry).collect(),
            acknowledge_by: erasure.acknowledge_by,
            issued_at: now,
        }
    }
}
