//! How decisions look to the person.

use std::collections::BTreeMap;

use consent::{
    Consent, DecisionId, DecisionRecord, HistoryPage, Language, Ruling, SchemaVersion, State,
    TextVersion,
};
use event::Surface;
use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::http::Response;
use serde::Serialize;
use tenancy::{DisplayName, LegalBasis, Purpose, PurposeDefinition, Purposes, TenantId};

/// A decision, as it is answered to whoever made it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct DecisionResponse<'a> {
    tenant: &'a TenantId,
    purpose: &'a Purpose,
    decision: Ruling,
    text_version: &'a TextVersion,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a Language>,
    surface: Surface,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    decided_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    overrides_gpc: bool,
    version: u64,
}

impl<'a> From<&'a Consent> for DecisionResponse<'a> {
    fn from(consent: &'a Consent) -> Self {
        Self {
            tenant: &consent.tenant,
            purpose: &consent.purpose,
            decision: consent.ruling,
            text_version: &consent.text_version,
            language: consent.language.as_ref(),
            surface: consent.surface,
            decided_at: consent.decided_at,
            expires_at: consent.expires_at,
            overrides_gpc: consent.overrides_gpc,
            version: consent.version,
        }
    }
}

/// A purpose, and where the person stands on it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct StandingResponse<'a> {
    purpose: &'a Purpose,
    display_name: &'a DisplayName,
    legal_basis: LegalBasis,
    text_versions: &'a [TextVersion],
    sale_or_sharing: bool,
    state: State,
    permitted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest: Option<DecisionResponse<'a>>,
}

impl<'a> StandingResponse<'a> {
    fn new(definition: &'a PurposeDefinition, latest: Option<&'a Consent>, now: Timestamp) -> Self {
        let state = State::of(latest, now);
        Self {
            purpose: definition.purpose(),
            display_name: definition.display_name(),
            legal_basis: definition.legal_basis(),
            text_versions: definition.text_versions(),
            sale_or_sharing: definition.sale_or_sharing(),
            state,
            permitted: state.permits(definition.legal_basis()),
            latest: latest.map(DecisionResponse::from),
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ConsentsResponse<'a> {
    tenant: &'a TenantId,
    purposes: Vec<StandingResponse<'a>>,
}

/// A decision with its evidence: docs/consent.md has what each member is in ISO/IEC TS 27560.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = DecisionRecordResponse))]
pub(crate) struct RecordResponse<'a> {
    decision_id: DecisionId,
    schema_version: SchemaVersion,
    profile_id: ProfileId,
    tenant: &'a TenantId,
    purpose: &'a Purpose,
    legal_basis: LegalBasis,
    decision: Ruling,
    text_version: &'a TextVersion,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a Language>,
    surface: Surface,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    decided_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    expires_at: Option<Timestamp>,
    withdrawal_method: Surface,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    overrides_gpc: bool,
    version: u64,
    request_id: &'a str,
}

impl<'a> From<&'a DecisionRecord> for RecordResponse<'a> {
    fn from(record: &'a DecisionRecord) -> Self {
        Self {
            decision_id: record.decision_id,
            schema_version: record.schema_version,
            profile_id: record.profile_id,
            tenant: &record.tenant,
            purpose: &record.purpose,
            legal_basis: record.legal_basis,
            decision: record.ruling,
            text_version: &record.text_version,
            language: record.language.as_ref(),
            surface: record.surface,
            decided_at: record.decided_at,
            expires_at: record.expires_at,
            withdrawal_method: record.withdrawal_method,
            overrides_gpc: record.overrides_gpc,
            version: record.version,
            request_id: &record.request_id,
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct HistoryResponse<'a> {
    #[serde(flatten)]
    standing: StandingResponse<'a>,
    history: Vec<RecordResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<ProfileId>,
}

/// A consent as an answer.
pub(crate) fn consent(consent: &Consent) -> Response {
    json(&DecisionResponse::from(consent))
}

/// Where the person stands on all purposes, as an answer.
pub(crate) fn consents(
    tenant: &TenantId,
    purposes: &Purposes,
    consents: &BTreeMap<Purpose, Consent>,
    now: Timestamp,
) -> Response {
    let standing = |definition| {
        StandingResponse::new(
            definition,
            consents.get(PurposeDefinition::purpose(definition)),
            now,
        )
    };
    let purposes = purposes.iter().map(standing).collect();
    json(&ConsentsResponse { tenant, purposes })
}

/// Where the person stands on one purpose, and the decisions that led there, as an answer.
pub(crate) fn consent_with_history(
    definition: &PurposeDefinition,
    latest: Option<&Consent>,
    page: &HistoryPage,
    now: Timestamp,
) -> Response {
    let standing = StandingResponse::new(definition, latest, now);
    let history = page.decisions.iter().map(RecordResponse::from).collect();
    json(&HistoryResponse {
        standing,
        history,
        next: page.next,
    })
}

fn json(body: &impl Serialize) -> Response {
    Response::json(200, "application/json", body)
}
