//! The flows between Salesforce and Fairlead: how each is, and what was repaired.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jiff::Timestamp;
use serde::Deserialize;

use crate::{api::Answer, config::Portal, failure::Answered, visit::Visit};

/// `GET /v1/operations/flows`.
#[derive(Deserialize)]
struct FlowsResponse {
    flows: Vec<FlowResponse>,
}

#[derive(Deserialize)]
struct FlowResponse {
    flow: String,
    way: String,
    state: String,
    #[serde(default)]
    since: Option<Timestamp>,
    #[serde(default)]
    cause: Option<String>,
    #[serde(default)]
    tried: Vec<String>,
    #[serde(default)]
    acted_at: Option<Timestamp>,
    #[serde(default)]
    next_try_at: Option<Timestamp>,
    #[serde(default)]
    next: Vec<String>,
    #[serde(default)]
    people_told: bool,
    #[serde(default)]
    repairs: Vec<RepairResponse>,
}

#[derive(Deserialize)]
struct RepairResponse {
    since: Timestamp,
    until: Timestamp,
    cause: String,
    #[serde(default)]
    tried: Vec<String>,
    #[serde(default)]
    people_told: bool,
}

#[derive(Template)]
#[template(path = "ops/salesforce.html")]
struct Page<'a> {
    v: &'a Visit,
    well: usize,
    /// Those that are not well come first.
    flows: Vec<FlowResponse>,
}

impl Page<'_> {
    /// What was done or is to be, in the order in which it is.
    fn actions(&self, actions: &[String]) -> String {
        if actions.is_empty() {
            return self.v.t("flow-action-nothing");
        }
        let words = actions
            .iter()
            .map(|action| self.v.name("flow-action", action));
        words.collect::<Vec<_>>().join(", ")
    }
}

pub(crate) async fn show(State(portal): State<Arc<Portal>>, visit: Visit) -> Answered {
    let api = visit.operators_api(&portal)?;
    let answer: Answer<FlowsResponse> = api.get("/v1/operations/flows").await?;
    let mut flows = answer.body.flows;
    flows.sort_by_key(|flow| flow.state == "well");
    visit.page(&Page {
        v: &visit,
        well: flows.iter().filter(|flow| flow.state == "well").count(),
        flows,
    })
}
