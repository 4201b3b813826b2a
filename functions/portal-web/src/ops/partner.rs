//! A partner: what it is called, how often it may ask, and what its programs come with. Each key and each
//! secret is shown once, when it is made.

use std::{collections::BTreeSet, sync::Arc};

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use futures_util::future::try_join4;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::made::{ClientResponse, KeyResponse, Made};
use crate::{
    api::{Answer, Refusal, Sent, Upon, path, query},
    config::Portal,
    failure::{Answered, Failure},
    form::{Fields, Form, Query},
    visit::Visit,
};

/// What an app client may be granted, as the directory has it.
const SCOPES: [&str; 4] = [
    "fairlead/profile.read",
    "fairlead/profile.identify",
    "fairlead/events.write",
    "fairlead/subscriptions.write",
];

/// `GET /v1/directory/{tenant}/partners/{partner}`.
#[derive(Deserialize)]
struct PartnerResponse {
    display_name: String,
    requests_per_minute: u64,
}

/// `GET …/write-keys`.
#[derive(Deserialize)]
struct KeysResponse {
    write_keys: Vec<KeyResponse>,
    #[serde(default)]
    next: Option<String>,
}

/// `GET …/clients`.
#[derive(Deserialize)]
struct ClientsResponse {
    clients: Vec<ClientResponse>,
    #[serde(default)]
    next: Option<String>,
}

/// `GET /v1/directory/{tenant}/agreements`.
#[derive(Deserialize)]
struct AgreementsResponse {
    agreements: Vec<AgreementResponse>,
}

#[derive(Deserialize)]
struct AgreementResponse {
    agreement: String,
    partner: String,
}

#[derive(Template)]
#[template(path = "ops/partner.html")]
struct Page<'a> {
    v: &'a Visit,
    partner: &'a str,
    display_name: String,
    requests_per_minute: String,
    version: String,
    keys: Vec<KeyResponse>,
    clients: Vec<ClientResponse>,
    /// Its agreements, by which an app client may ask.
    agreements: BTreeSet<String>,
    scopes: [&'static str; 4],
    /// Whether there are more keys or clients than are shown.
    is_partial: bool,
    /// What was made just now.
    made: Option<Made>,
    is_saved: bool,
    /// Why it is not as it stands in the form.
    problem: Option<String>,
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(partner): Path<String>,
    Query(asked): Query,
) -> Answered {
    let mut page = page(&portal, &visit, &partner).await?;
    page.is_saved = asked.has("saved");
    visit.page(&page)
}

/// Shows what was made, beside all else. Sent again, its form shows the same: it is carried out once.
pub(super) async fn shown(portal: &Portal, visit: &Visit, partner: &str, made: Made) -> Answered {
    let mut page = page(portal, visit, partner).await?;
    page.made = Some(made);
    visit.page(&page)
}

/// Changes what it is called, and how often it may ask.
pub(crate) async fn save(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(partner): Path<String>,
    Form(form): Form,
) -> Answered {
    let version = Upon::Version(form.get("version"));
    let Some(problem) = kept(&portal, &visit, &partner, &form, version).await? else {
        return Ok(saved(&partner));
    };
    let mut page = page(&portal, &visit, &partner).await?;
    page.problem = Some(problem);
    form.get("display_name").clone_into(&mut page.display_name);
    form.get("requests_per_minute")
        .clone_into(&mut page.requests_per_minute);
    visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Makes a partner, which has neither keys nor agreements yet.
pub(crate) async fn make(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Form(form): Form,
) -> Answered {
    let partner = form.get("partner");
    match kept(&portal, &visit, partner, &form, Upon::Nothing).await? {
        None => Ok(saved(partner)),
        Some(problem) => super::tenant::refused(&portal, &visit, problem).await,
    }
}

/// Sends what the form says; what is wrong with it, if the API does not take it.
async fn kept(
    portal: &Portal,
    visit: &Visit,
    partner: &str,
    form: &Fields,
    upon: Upon<'_>,
) -> Result<Option<String>, Failure> {
    let limit = form.get("requests_per_minute");
    // What is no number goes on as it is: the API says what it takes. A new partner has the usual limit.
    let limit = match limit.parse::<u64>() {
        Ok(limit) => limit.into(),
        Err(_) if limit.is_empty() => Value::Null,
        Err(_) => limit.into(),
    };
    let display_name = form.get("display_name");
    let definition = json!({ "display_name": display_name, "requests_per_minute": limit });
    let sent = Sent {
        body: Some(definition.to_string()),
        upon,
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let own = path(&["v1", "directory", visit.tenant()?, "partners", partner]);
    let api = visit.operators_api(portal)?;
    match api.send::<Value>(Method::PUT, &own, sent).await {
        Ok(_) => Ok(None),
        Err(Refusal::Problem(problem)) if [400, 404, 412].contains(&problem.status) => {
            Ok(Some(problem.detail.unwrap_or_default()))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

fn saved(partner: &str) -> axum::response::Response {
    let own = path(&["ops", "tenant", "partners", partner]);
    Redirect::to(&query(&own, &[("saved", "1")])).into_response()
}

async fn page<'a>(
    portal: &Portal,
    visit: &'a Visit,
    partner: &'a str,
) -> Result<Page<'a>, Failure> {
    let api = visit.operators_api(portal)?;
    let tenant = visit.tenant()?;
    let own = path(&["v1", "directory", tenant, "partners", partner]);
    let (keys, clients, agreements) = (
        format!("{own}/write-keys"),
        format!("{own}/clients"),
        path(&["v1", "directory", tenant, "agreements"]),
    );
    let (standing, keys, clients, agreements): (Answer<PartnerResponse>, _, _, _) = try_join4(
        api.get(&own),
        api.get::<KeysResponse>(&keys),
        api.get::<ClientsResponse>(&clients),
        api.get::<AgreementsResponse>(&agreements),
    )
    .await?;
    let agreements = agreements.body.agreements.into_iter();
    Ok(Page {
        v: visit,
        partner,
        display_name: standing.body.display_name,
        requests_per_minute: standing.body.requests_per_minute.to_string(),
        version: standing.etag.unwrap_or_default(),
        is_partial: keys.body.next.is_some() || clients.body.next.is_some(),
        keys: keys.body.write_keys,
        clients: clients.body.clients,
        agreements: agreements
            .filter(|agreement| agreement.partner == partner)
            .map(|agreement| agreement.agreement)
            .collect(),
        scopes: SCOPES,
        made: None,
        is_saved: false,
        problem: None,
    })
}
