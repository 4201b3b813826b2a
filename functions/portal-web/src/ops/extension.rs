//! A tenant's own code: how it is, and what it used.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use futures_util::future::try_join;
use jiff::Timestamp;
use serde::Deserialize;

use crate::{api::path, config::Portal, failure::Answered, visit::Visit};

/// `GET /v1/directory/{tenant}/extensions/{extension}`.
#[derive(Deserialize)]
struct ExtensionResponse {
    extension: String,
    state: String,
    #[serde(default)]
    active: Option<String>,
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
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(extension): Path<String>,
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
    })
}
