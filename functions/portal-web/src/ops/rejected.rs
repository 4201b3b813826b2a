//! Events of partners that were refused, and taking them after all. Operators see what is wrong with one,
//! and not what it says of anybody (docs/decisions/0084).

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use http::Method;
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    api::{Answer, Refusal, Sent, path, query},
    config::Portal,
    failure::Answered,
    form::{Form, Query},
    visit::Visit,
};

/// `GET /v1/events/rejected`.
#[derive(Default, Deserialize)]
struct RejectedResponse {
    rejected: Vec<EventResponse>,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct EventResponse {
    rejected_id: String,
    received_at: Timestamp,
    state: String,
    surface: String,
    problem: ProblemResponse,
    #[serde(default)]
    event_id: Option<String>,
}

#[derive(Deserialize)]
struct ProblemResponse {
    #[serde(default)]
    detail: Option<String>,
    #[serde(default)]
    field: Option<String>,
}

#[derive(Template)]
#[template(path = "ops/rejected.html")]
struct Page<'a> {
    v: &'a Visit,
    partner: &'a str,
    events: RejectedResponse,
    next: Option<String>,
    is_taken: bool,
    /// What is still wrong with the event that was sent again.
    problem: Option<String>,
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(asked): Query,
) -> Answered {
    let partner = asked.get("partner");
    page(
        &portal,
        &visit,
        partner,
        asked.get("cursor"),
        asked.has("taken"),
        None,
    )
    .await
}

pub(crate) async fn resubmit(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path((partner, rejected_id)): Path<(String, String)>,
    Form(_): Form,
) -> Answered {
    let own = path(&["v1", "events", "rejected", &rejected_id, "resubmit"]);
    let own = query(&own, &[("partner", &partner)]);
    let api = visit.operators_api(&portal)?;
    match api.send::<()>(Method::POST, &own, Sent::default()).await {
        Ok(_) => {
            let back = query("/ops/rejected", &[("partner", &partner), ("taken", "1")]);
            Ok(Redirect::to(&back).into_response())
        }
        Err(Refusal::Problem(problem)) if [400, 409, 413].contains(&problem.status) => {
            let told = problem.detail.unwrap_or_default();
            page(&portal, &visit, &partner, "", false, Some(told)).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn page(
    portal: &Portal,
    visit: &Visit,
    partner: &str,
    cursor: &str,
    is_taken: bool,
    problem: Option<String>,
) -> Answered {
    let api = visit.operators_api(portal)?;
    let events = if partner.is_empty() {
        RejectedResponse::default()
    } else {
        let own = query(
            "/v1/events/rejected",
            &[("partner", partner), ("cursor", cursor)],
        );
        let answer: Answer<RejectedResponse> = api.get(&own).await?;
        answer.body
    };
    let next = events.next.as_deref();
    let next = next.map(|next| query("/ops/rejected", &[("partner", partner), ("cursor", next)]));
    visit.page(&Page {
        v: visit,
        partner,
        events,
        next,
        is_taken,
        problem,
    })
}
