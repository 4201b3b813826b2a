//! How receipts look.

use std::collections::{BTreeMap, BTreeSet};

use access::{Outcome, Page, Reason, Receipt, ReceiptId, Subject, fields_of};
use identity::{CognitoSub, ProfileId};
use jiff::Timestamp;
use lambda_kit::http::Response;
use serde::Serialize;
use tenancy::{AgreementId, FieldGroup, LegalBasis, PartnerId, Purpose, TenantId};

use crate::summary::Summary;

/// A page of a person's own receipts.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OwnReceiptsResponse))]
pub(crate) struct OwnPageResponse<'a> {
    receipts: Vec<OwnReceiptResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A page of a partner's receipts.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReceiptsResponse))]
pub(crate) struct PageResponse<'a> {
    receipts: Vec<ReceiptResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A receipt as the person sees it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct OwnReceiptResponse<'a> {
    receipt_id: ReceiptId,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    at: Timestamp,
    tenant: &'a TenantId,
    partner: &'a PartnerId,
    #[serde(skip_serializing_if = "Option::is_none")]
    partner_name: Option<&'a str>,
    purpose: &'a Purpose,
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_basis: Option<LegalBasis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    outcome: Outcome,
    /// The fields that the partner got to see, as far as they were known; `events` is the timeline.
    fields: Vec<&'static str>,
    withheld: &'a BTreeMap<FieldGroup, Reason>,
}

/// The names that people read, of partners.
pub(crate) type Names = BTreeMap<(TenantId, PartnerId), String>;

/// A page of a person's own receipts.
pub(crate) fn own(page: &Page, names: &Names) -> Response {
    let receipt = |receipt| own_receipt(receipt, names);
    let body = OwnPageResponse {
        receipts: page.receipts.iter().map(receipt).collect(),
        next: page.next.map(|next| next.to_string()),
    };
    Response::json(200, "application/json", &body)
}

fn own_receipt<'a>(receipt: &'a Receipt, names: &'a Names) -> OwnReceiptResponse<'a> {
    let name = names.get(&(receipt.tenant.clone(), receipt.partner.clone()));
    let fields = receipt.allowed.iter().flat_map(|group| fields_of(*group));
    let fields = fields.map(|field| field.as_str());
    // The timeline is no field, and may be read as well.
    let events = receipt.allowed.contains(&FieldGroup::Events);
    let events = events.then_some(FieldGroup::Events.as_str());
    OwnReceiptResponse {
        receipt_id: receipt.receipt_id,
        at: receipt.at,
        tenant: &receipt.tenant,
        partner: &receipt.partner,
        partner_name: name.map(String::as_str),
        purpose: &receipt.purpose,
        legal_basis: receipt.legal_basis,
        reason: receipt.reason.as_ref().map(access::ReasonText::expose),
        outcome: receipt.outcome,
        fields: fields.chain(events).collect(),
        withheld: &receipt.withheld,
    }
}

/// A receipt as an operator sees it; where nobody was found, there is no `profile_id`.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ReceiptResponse<'a> {
    receipt_id: ReceiptId,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_id: Option<ProfileId>,
    partner: &'a PartnerId,
    /// The login of the operator who asked, where `partner` is the tenant's operators.
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agreement: Option<&'a AgreementId>,
    purpose: &'a Purpose,
    #[serde(skip_serializing_if = "Option::is_none")]
    legal_basis: Option<LegalBasis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    outcome: Outcome,
    allowed: &'a BTreeSet<FieldGroup>,
    withheld: &'a BTreeMap<FieldGroup, Reason>,
    policies: &'a BTreeSet<String>,
    request_id: &'a str,
}

/// A page of a partner's receipts.
pub(crate) fn of_partner(page: &Page) -> Response {
    let body = PageResponse {
        receipts: page.receipts.iter().map(receipt).collect(),
        next: page.next.map(|next| next.to_string()),
    };
    Response::json(200, "application/json", &body)
}

fn receipt(receipt: &Receipt) -> ReceiptResponse<'_> {
    ReceiptResponse {
        receipt_id: receipt.receipt_id,
        at: receipt.at,
        profile_id: match receipt.subject {
            Subject::Person(id) => Some(id),
            Subject::Unknown(_) => None,
        },
        partner: &receipt.partner,
        operator: receipt.operator.as_ref().map(CognitoSub::as_str),
        agreement: receipt.agreement.as_ref(),
        purpose: &receipt.purpose,
        legal_basis: receipt.legal_basis,
        reason: receipt.reason.as_ref().map(access::ReasonText::expose),
        outcome: receipt.outcome,
        allowed: &receipt.allowed,
        withheld: &receipt.withheld,
        policies: &receipt.policies,
        request_id: &receipt.request_id,
    }
}

/// How often partners read.
pub(crate) fn summary(summary: &Summary) -> Response {
    Response::json(200, "application/json", summary)
}
