//! What is defined for the operator's tenant.

use std::{collections::BTreeMap, sync::Arc};

use askama::Template;
use axum::extract::State;
use futures_util::future::try_join5;
use jiff::Timestamp;
use serde::Deserialize;

use crate::{api::path, config::Portal, failure::Answered, visit::Visit};

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
    agreements: AgreementsResponse,
    event_types: EventTypesResponse,
    extensions: ExtensionsResponse,
}

pub(crate) async fn show(State(portal): State<Arc<Portal>>, visit: Visit) -> Answered {
    let api = visit.operators_api(&portal)?;
    let tenant = visit.tenant()?;
    let of = |part: &str| path(&["v1", "directory", tenant, part]);
    let (own, partners, agreements, extensions) = (
        path(&["v1", "directory", tenant]),
        of("partners"),
        of("agreements"),
        of("extensions"),
    );
    let (tenant, partners, agreements, event_types, extensions) = try_join5(
        api.get::<TenantResponse>(&own),
        api.get::<PartnersResponse>(&partners),
        api.get::<AgreementsResponse>(&agreements),
        api.get::<EventTypesResponse>("/v1/event-types"),
        api.get::<ExtensionsResponse>(&extensions),
    )
    .await?;
    visit.page(&Page {
        v: &visit,
        tenant: tenant.body,
        partners: partners.body,
        agreements: agreements.body,
        event_types: event_types.body,
        extensions: extensions.body,
    })
}
