//! How definitions look to an operator.

pub(crate) mod fan_outs;
pub(crate) mod hooks;
pub(crate) mod identifier_rules;
pub(crate) mod messages;
pub(crate) mod write_keys;

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU16,
};

use jiff::Timestamp;
use lambda_kit::http::Response;
use serde::Serialize;
use tenancy::{
    Agreement, AgreementId, AppClientId, Defined, DefinitionState, DisplayName, EventTypeName,
    Expected, FieldGroup, LanguageCode, LegalBasis, Notice, NoticeText, NotificationRule, Page,
    Partner, PartnerId, Purpose, PurposeDefinition, Tenant, TenantId, TextVersion,
};

pub(crate) use self::{
    fan_outs::{fan_out, fan_outs},
    hooks::{hook, hooks},
    identifier_rules::identifier_rules,
    messages::{message, messages},
    write_keys::{made_write_key, write_keys},
};
use crate::request::etag;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct TenantsResponse {
    tenants: Vec<TenantId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct TenantResponse<'a> {
    tenant: &'a TenantId,
    display_name: &'a DisplayName,
    app_clients: &'a BTreeSet<AppClientId>,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    changed_at: Option<Timestamp>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct PartnersResponse<'a> {
    partners: Vec<PartnerResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct PartnerResponse<'a> {
    #[cfg_attr(feature = "openapi", schema(value_type = PartnerId))]
    partner: &'a str,
    display_name: &'a DisplayName,
    requests_per_minute: u32,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    changed_at: Option<Timestamp>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct PurposesResponse<'a> {
    purposes: Vec<PurposeResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct PurposeResponse<'a> {
    purpose: &'a Purpose,
    display_name: &'a DisplayName,
    legal_basis: LegalBasis,
    text_versions: &'a [TextVersion],
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::routes::purposes::NoticeRequest>))]
    notices: &'a [Notice],
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u16>))]
    valid_for_days: Option<NonZeroU16>,
    sale_or_sharing: bool,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    changed_at: Option<Timestamp>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct AgreementsResponse<'a> {
    agreements: Vec<AgreementResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct AgreementResponse<'a> {
    agreement: &'a AgreementId,
    partner: &'a PartnerId,
    terms: &'a BTreeMap<Purpose, BTreeSet<FieldGroup>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    valid_until: Option<Timestamp>,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    changed_at: Option<Timestamp>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct NotificationRulesResponse<'a> {
    notification_rules: Vec<NotificationRuleResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct NotificationRuleResponse<'a> {
    event_type: &'a EventTypeName,
    purpose: &'a Purpose,
    texts: &'a BTreeMap<LanguageCode, NoticeText>,
    state: DefinitionState,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    changed_at: Option<Timestamp>,
}

/// What an operator asked to see of it.
pub(crate) fn shown(version: u64, body: &impl Serialize) -> Response {
    json(200, body).header("etag", etag(version))
}

/// What was written on top of `expected`.
pub(crate) fn written(expected: Expected, version: u64, body: &impl Serialize) -> Response {
    let status = match expected {
        Expected::Absent => 201,
        Expected::Version(_) => 200,
    };
    json(status, body).header("etag", etag(version))
}

pub(crate) fn tenants(page: Page<TenantId>) -> Response {
    let Page { items, next } = page;
    json(
        200,
        &TenantsResponse {
            tenants: items,
            next,
        },
    )
}

pub(crate) fn tenant<'a>(
    tenant: &'a TenantId,
    Defined { definition, change }: &'a Defined<Tenant>,
) -> TenantResponse<'a> {
    TenantResponse {
        tenant,
        display_name: &definition.display_name,
        app_clients: &definition.app_clients,
        version: change.version,
        changed_by: change.changed_by.as_deref(),
        changed_at: change.changed_at,
    }
}

pub(crate) fn partners(page: &Page<(String, Defined<Partner>)>) -> Response {
    let items = page.items.iter();
    let body = PartnersResponse {
        partners: items
            .map(|(name, defined)| partner(name, defined))
            .collect(),
        next: page.next.as_deref(),
    };
    json(200, &body)
}

pub(crate) fn partner<'a>(
    partner: &'a str,
    Defined { definition, change }: &'a Defined<Partner>,
) -> PartnerResponse<'a> {
    PartnerResponse {
        partner,
        display_name: &definition.display_name,
        requests_per_minute: definition.requests_per_minute.per_minute(),
        version: change.version,
        changed_by: change.changed_by.as_deref(),
        changed_at: change.changed_at,
    }
}

pub(crate) fn purposes(page: &Page<(String, Defined<PurposeDefinition>)>) -> Response {
    let items = page.items.iter();
    let body = PurposesResponse {
        purposes: items.map(|(_, defined)| purpose(defined)).collect(),
        next: page.next.as_deref(),
    };
    json(200, &body)
}

pub(crate) fn purpose(
    Defined { definition, change }: &Defined<PurposeDefinition>,
) -> PurposeResponse<'_> {
    PurposeResponse {
        purpose: definition.purpose(),
        display_name: definition.display_name(),
        legal_basis: definition.legal_basis(),
        text_versions: definition.text_versions(),
        notices: definition.notices(),
        valid_for_days: definition.valid_for_days(),
        sale_or_sharing: definition.sale_or_sharing(),
        version: change.version,
        changed_by: change.changed_by.as_deref(),
        changed_at: change.changed_at,
    }
}

pub(crate) fn agreements(page: &Page<(String, Defined<Agreement>)>) -> Response {
    let items = page.items.iter();
    let body = AgreementsResponse {
        agreements: items.map(|(_, defined)| agreement(defined)).collect(),
        next: page.next.as_deref(),
    };
    json(200, &body)
}

pub(crate) fn agreement(
    Defined { definition, change }: &Defined<Agreement>,
) -> AgreementResponse<'_> {
    AgreementResponse {
        agreement: definition.agreement(),
        partner: definition.partner(),
        terms: definition.terms(),
        valid_until: definition.valid_until(),
        version: change.version,
        changed_by: change.changed_by.as_deref(),
        changed_at: change.changed_at,
    }
}

pub(crate) fn notification_rules(page: &Page<(String, Defined<NotificationRule>)>) -> Response {
    let items = page.items.iter();
    let body = NotificationRulesResponse {
        notification_rules: items
            .map(|(_, defined)| notification_rule(defined))
            .collect(),
        next: page.next.as_deref(),
    };
    json(200, &body)
}

pub(crate) fn notification_rule(
    Defined { definition, change }: &Defined<NotificationRule>,
) -> NotificationRuleResponse<'_> {
    NotificationRuleResponse {
        event_type: definition.event_type(),
        purpose: definition.purpose(),
        texts: definition.texts(),
        state: definition.state(),
        version: change.version,
        changed_by: change.changed_by.as_deref(),
        changed_at: change.changed_at,
    }
}

fn json(status: u16, body: &impl Serialize) -> Response {
    Response::json(status, "application/json", body)
}
