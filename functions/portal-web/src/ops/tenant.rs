//! What is defined for the operator's tenant.

use std::{collections::BTreeMap, sync::Arc};

use askama::Template;
use axum::extract::State;
use futures_util::future::{try_join, try_join5};
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;

use super::purposes::PurposeResponse;
use crate::{
    api::path,
    config::Portal,
    failure::{Answered, Failure},
    visit::Visit,
};

/// `GET /v1/directory/{tenant}`.
#[derive(Deserialize)]
struct TenantResponse {
    display_name: String,
}

/// `GET /v1/directory/{tenant}/partners`.
#[derive(Deserialize)]
struct PartnersResponse {
    partners: Vec<PartnerResponse>,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct PartnerResponse {
    partner: String,
    display_name: String,
}

/// `GET /v1/directory/{tenant}/agreements`.
#[derive(Deserialize)]
struct AgreementsResponse {
    agreements: Vec<AgreementResponse>,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct AgreementResponse {
    agreement: String,
    partner: String,
    #[serde(default)]
    terms: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    valid_until: Option<Timestamp>,
}

/// `GET /v1/directory/{tenant}/purposes`.
#[derive(Deserialize)]
struct PurposesResponse {
    purposes: Vec<PurposeResponse>,
    #[serde(default)]
    next: Option<String>,
}

/// `GET /v1/directory/{tenant}/notification-rules`.
#[derive(Deserialize)]
struct RulesResponse {
    notification_rules: Vec<RuleResponse>,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct RuleResponse {
    event_type: String,
    purpose: String,
    state: String,
}

/// `GET /v1/event-types`.
#[derive(Deserialize)]
struct EventTypesResponse {
    event_types: Vec<EventTypeResponse>,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct EventTypeResponse {
    #[serde(rename = "type")]
    name: String,
    revision: u64,
    registered_by: String,
}

/// `GET /v1/directory/{tenant}/extensions`.
#[derive(Deserialize)]
struct ExtensionsResponse {
    extensions: Vec<ExtensionResponse>,
}

#[derive(Deserialize)]
struct ExtensionResponse {
    extension: String,
    state: String,
    #[serde(default)]
    active: Option<String>,
}

#[derive(Template)]
#[template(path = "ops/tenant.html")]
struct Page<'a> {
    v: &'a Visit,
    tenant: TenantResponse,
    partners: PartnersResponse,
    purposes: PurposesResponse,
    agreements: AgreementsResponse,
    event_types: EventTypesResponse,
    rules: RulesResponse,
    extensions: ExtensionsResponse,
    /// Why something is not as it was sent.
    problem: Option<String>,
}

pub(crate) async fn show(State(portal): State<Arc<Portal>>, visit: Visit) -> Answered {
    visit.page(&page(&portal, &visit, None).await?)
}

/// The same, with what is wrong with something that was to be made.
pub(super) async fn refused(portal: &Portal, visit: &Visit, problem: String) -> Answered {
    let page = page(portal, visit, Some(problem)).await?;
    visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn page<'a>(
    portal: &Portal,
    visit: &'a Visit,
    problem: Option<String>,
) -> Result<Page<'a>, Failure> {
    let api = visit.operators_api(portal)?;
    let tenant = visit.tenant()?;
    let of = |part: &str| path(&["v1", "directory", tenant, part]);
    let own = path(&["v1", "directory", tenant]);
    let (partners, purposes, agreements, rules, extensions) = (
        of("partners"),
        of("purposes"),
        of("agreements"),
        of("notification-rules"),
        of("extensions"),
    );
    let what = try_join5(
        api.get::<TenantResponse>(&own),
        api.get::<PartnersResponse>(&partners),
        api.get::<AgreementsResponse>(&agreements),
        api.get::<EventTypesResponse>("/v1/event-types"),
        api.get::<ExtensionsResponse>(&extensions),
    );
    let why = try_join(
        api.get::<PurposesResponse>(&purposes),
        api.get::<RulesResponse>(&rules),
    );
    let (what, (purposes, rules)) = try_join(what, why).await?;
    let (tenant, partners, agreements, event_types, extensions) = what;
    Ok(Page {
        v: visit,
        tenant: tenant.body,
        partners: partners.body,
        purposes: purposes.body,
        agreements: agreements.body,
        event_types: event_types.body,
        rules: rules.body,
        extensions: extensions.body,
        problem,
    })
}
