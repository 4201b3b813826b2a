//! What stays of a receipt for longer than the table keeps it.

use std::collections::{BTreeMap, BTreeSet};

use identity::ProfileId;
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use tenancy::{AgreementId, FieldGroup, LegalBasis, PartnerId, Purpose, TenantId};

use crate::{Outcome, Reason, Receipt, ReceiptId, Subject};

/// A receipt as the archive has it: who asked for what of whom, under what and with what outcome. What
/// the partner wrote as a reason is left out: it is the one text in which somebody could be named.
#[derive(Debug, Serialize)]
pub struct ArchivedReceipt<'a> {
    receipt_id: ReceiptId,
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_id: Option<ProfileId>,
    tenant: &'a TenantId,
    partner: &'a PartnerId,
    #[serde(skip_serializing_if = "Option::is_none")]
    agreement: Option<&'a AgreementId>,
    purpose: &'a Purpose,
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_basis: Option<LegalBasis>,
    outcome: Outcome,
    allowed: &'a BTreeSet<FieldGroup>,
    withheld: &'a BTreeMap<FieldGroup, Reason>,
    policies: &'a BTreeSet<String>,
    request_id: &'a str,
}

impl Receipt {
    /// The receipt as the archive has it.
    #[must_use]
    pub fn archived(&self) -> ArchivedReceipt<'_> {
        ArchivedReceipt {
            receipt_id: self.receipt_id,
            at: self.at,
            profile_id: match self.subject {
                Subject::Person(id) => Some(id),
                Subject::Unknown(_) => None,
            },
            tenant: &self.tenant,
            partner: &self.partner,
            agreement: self.agreement.as_ref(),
            purpose: &self.purpose,
            legal_basis: self.legal_basis,
            outcome: self.outcome,
            allowed: &self.allowed,
            withheld: &self.withheld,
            policies: &self.policies,
            request_id: &self.request_id,
        }
    }
}

impl ArchivedReceipt<'_> {
    /// Where it lies: by the day that it is of, in UTC, as Athena reads partitions.
    #[must_use]
    pub fn key(&self) -> String {
        let day = self.at.to_zoned(TimeZone::UTC).date();
        let path = day.strftime("year=%Y/month=%m/day=%d");
        format!("receipts/{path}/{}.json", self.receipt_id)
    }

    /// One line of JSON, the same each time.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Texts, sets of them and maps from them: nothing in it can fail.
        let mut line = serde_json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        line
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn row() -> Value {
        json!({
            "profile_id": "prf_01010101010171018101010101010101",
            "receipt_id": "rcp_019bc10dd4807000800000000000000a",
            "partner_day": "harbour#chandlery#2026-01-05#2",
            "tenant": "harbour",
            "partner": "chandlery",
            "purpose": "newsletter",
            "outcome": "partly",
            "allowed": ["names"],
            "withheld": { "contacts": "group-not-in-agreement" },
            "policies": ["by-consent"],
            "reason": "the order of jane@example.com",
            "at": "2026-01-05T23:59:59Z",
            "request_id": "request-0",
            "expires_at": 1_800_000_000,
        })
    }

    #[test]
    fn a_receipt_lies_by_its_day_and_says_all_but_its_reason() {
        let receipt: Receipt = serde_json::from_value(row()).unwrap();
        let archived = receipt.archived();
        assert_eq!(
            archived.key(),
            "receipts/year=2026/month=01/day=05/rcp_019bc10dd4807000800000000000000a.json"
        );
        let line = String::from_utf8(archived.to_bytes()).unwrap();
        assert!(line.ends_with("}\n") && !line.contains("jane"), "{line}");
        let mut expected = row();
        for gone in ["partner_day", "reason", "expires_at"] {
            expected.as_object_mut().unwrap().remove(gone);
        }
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), expected);
    }

    #[test]
    fn a_receipt_of_nobody_names_nobody() {
        let mut row = row();
        row["profile_id"] = "unknown#harbour#chandlery".into();
        let receipt: Receipt = serde_json::from_value(row).unwrap();
        let line = String::from_utf8(receipt.archived().to_bytes()).unwrap();
        assert!(!line.contains("profile_id"), "{line}");
    }
}
