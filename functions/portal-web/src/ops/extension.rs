//! A tenant's own code: how it is, what it used, and switching it off, on and back.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use futures_util::future::try_join;
use http::Method;
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    api::{Sent, path, query},
    config::Portal,
    failure::{Answered, Failure},
    form::{Form, Query},
    visit::Visit,
};

/// What may be done with it, as the API calls it.
const CHANGES: [&str; 3] = ["disable", "enable", "rollback"];

/// `GET /v1/directory/{tenant}/extensions/{extension}`.
#[derive(Deserialize)]
struct ExtensionResponse {
    extension: String,
    state: String,
    #[serde(default)]
    active: Option<String>,
    /// What ran before.
    #[serde(default)]
    previous: Option<String>,
    #[serde(default)]
    purpose: Option<String>,
    #[serde(default)]
    events: Vec<String>,
    /// Since when and why it is not run for a while.
    #[serde(default)]
    paused: Option<PauseResponse>,
    #[serde(default)]
    versions: Vec<VersionResponse>,
}

#[derive(Deserialize)]
struct PauseResponse {
    since: Timestamp,
    cause: String,
}

#[derive(Deserialize)]
struct VersionResponse {
    version: String,
    state: String,
}

/// `GET …/usage`.
#[derive(Deserialize)]
struct UsageResponse {
    total: UsedResponse,
    days: Vec<DayResponse>,
}

#[derive(Deserialize)]
struct DayResponse {
    day: String,
    #[serde(flatten)]
    used: UsedResponse,
}

#[derive(Deserialize)]
struct UsedResponse {
    events: u64,
    errors: u64,
    withheld: u64,
    duration_ms: u64,
    estimated_usd: f64,
}

#[derive(Template)]
#[template(path = "ops/extension.html")]
struct Page<'a> {
    v: &'a Visit,
    extension: ExtensionResponse,
    usage: UsageResponse,
    is_saved: bool,
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(extension): Path<String>,
    Query(asked): Query,
) -> Answered {
    let api = visit.operators_api(&portal)?;
    let own = path(&["v1", "directory", visit.tenant()?, "extensions", &extension]);
    let usage = format!("{own}/usage");
    let (extension, usage) = try_join(
        api.get::<ExtensionResponse>(&own),
        api.get::<UsageResponse>(&usage),
    )
    .await?;
    visit.page(&Page {
        v: &visit,
        extension: extension.body,
        usage: usage.body,
        is_saved: asked.has("saved"),
    })
}

/// Switches it off or on, or has the version run that ran before.
pub(crate) async fn change(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path((extension, change)): Path<(String, String)>,
    Form(form): Form,
) -> Answered {
    if !CHANGES.contains(&change.as_str()) {
        return Err(Failure::NotFound);
    }
    let tenant = visit.tenant()?;
    let own = path(&["v1", "directory", tenant, "extensions", &extension, &change]);
    let sent = Sent {
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let api = visit.operators_api(&portal)?;
    api.send::<serde::de::IgnoredAny>(Method::POST, &own, sent)
        .await?;
    let back = path(&["ops", "tenant", "extensions", &extension]);
    Ok(Redirect::to(&query(&back, &[("saved", "1")])).into_response())
}
