//! Whether two are one: by what somebody is known, what a merge would do, which there were, and how one is
//! undone.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect},
};
use chart::{Graph, Node};
use futures_util::future::try_join;
use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::identifiers::{self, Known};
use crate::{
    api::{Answer, Caller, Sent, path, query},
    config::Portal,
    failure::{Answered, Failure},
    form::{Form, Query},
    visit::Visit,
};

/// `GET /v1/profiles/{profile_id}/merges`.
#[derive(Default, Deserialize)]
struct MergesResponse {
    merges: Vec<MergeResponse>,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct MergeResponse {
    merge_id: String,
    profile_id: String,
    absorbed_id: String,
    status: String,
    at: Timestamp,
    by: String,
    #[serde(default)]
    operator: Option<String>,
}

/// `POST /v1/profiles/merge` with `dry_run`.
#[derive(Deserialize)]
struct PreviewResponse {
    profile_id: String,
    /// Nobody, if the two are one already.
    #[serde(default)]
    absorbed_id: Option<String>,
    #[serde(default)]
    fields: Vec<FieldResponse>,
    #[serde(default)]
    consents: Vec<ConsentResponse>,
    #[serde(default)]
    identifiers: Option<u64>,
}

#[derive(Deserialize)]
struct FieldResponse {
    field: String,
    from: String,
}

#[derive(Deserialize)]
struct ConsentResponse {
    tenant: String,
    purpose: String,
    from: String,
}

#[derive(Template)]
#[template(path = "ops/people.html")]
struct Page<'a> {
    v: &'a Visit,
    /// Whose merges are shown, as they were asked for.
    profile: &'a str,
    /// With whom they might be one.
    other: &'a str,
    merges: MergesResponse,
    graph: String,
    /// What points at them.
    known: Option<Known>,
    next: Option<String>,
    preview: Option<PreviewResponse>,
    is_done: bool,
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(asked): Query,
) -> Answered {
    let api = visit.operators_api(&portal)?;
    let (profile, other) = (asked.get("profile"), asked.get("other"));
    let (merges, known) = if profile.is_empty() {
        (MergesResponse::default(), None)
    } else {
        let merges = merges(api, profile, asked.get("cursor"));
        let known = identifiers::of(&visit, api, profile, asked.get("identifiers"));
        let (merges, known) = try_join(merges, known).await?;
        (merges, Some(known))
    };
    let preview = if other.is_empty() {
        None
    } else {
        Some(preview(api, profile, other).await?)
    };
    let next = merges.next.as_deref();
    let next = next.map(|next| {
        query(
            "/ops/people/merges",
            &[("profile", profile), ("cursor", next)],
        )
    });
    visit.page(&Page {
        v: &visit,
        profile,
        other,
        graph: graph(&visit, profile, &merges.merges),
        merges,
        known,
        next,
        preview,
        is_done: asked.has("done"),
    })
}

pub(crate) async fn merge(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Form(form): Form,
) -> Answered {
    let profile = form.get("profile");
    let body = json!({ "profiles": [profile, form.get("other")], "dry_run": false });
    let sent = Sent {
        body: Some(body.to_string()),
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let api = visit.operators_api(&portal)?;
    api.send::<Value>(Method::POST, "/v1/profiles/merge", sent)
        .await?;
    Ok(done(profile))
}

pub(crate) async fn split(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Form(form): Form,
) -> Answered {
    let profile = form.get("profile");
    let sent = Sent {
        body: Some(json!({ "merge_id": form.get("merge_id") }).to_string()),
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let own = path(&["v1", "profiles", profile, "split"]);
    let api = visit.operators_api(&portal)?;
    api.send::<Value>(Method::POST, &own, sent).await?;
    Ok(done(profile))
}

fn done(profile: &str) -> axum::response::Response {
    let own = query("/ops/people/merges", &[("profile", profile), ("done", "1")]);
    Redirect::to(&own).into_response()
}

/// Some of the merges that the person of `profile` went through.
async fn merges(api: Caller<'_>, profile: &str, cursor: &str) -> Result<MergesResponse, Failure> {
    let own = path(&["v1", "profiles", profile, "merges"]);
    let page: Answer<MergesResponse> = api.get(&query(&own, &[("cursor", cursor)])).await?;
    Ok(page.body)
}

/// What would become of the two. Nothing is written.
async fn preview(api: Caller<'_>, profile: &str, other: &str) -> Result<PreviewResponse, Failure> {
    let sent = Sent {
        body: Some(json!({ "profiles": [profile, other], "dry_run": true }).to_string()),
        ..Sent::default()
    };
    let preview: Answer<PreviewResponse> =
        api.send(Method::POST, "/v1/profiles/merge", sent).await?;
    Ok(preview.body)
}

/// Who became one with `profile`, as far as that stands; empty if nobody did.
fn graph(visit: &Visit, profile: &str, merges: &[MergeResponse]) -> String {
    let standing = merges.iter().filter(|merge| merge.status == "done");
    let nodes: Vec<Node> = standing
        .map(|merge| Node {
            label: merge.absorbed_id.clone(),
            by: visit.name("merged-by", &merge.by),
        })
        .collect();
    if nodes.is_empty() {
        return String::new();
    }
    let last = merges.iter().rev().find(|merge| merge.status == "done");
    let centre = last.map_or(profile, |merge| merge.profile_id.as_str());
    let graph = Graph {
        id: "merges-graph".to_owned(),
        title: visit.t("people-graph"),
        description: visit.count("people-graph-about", nodes.len()),
        centre: centre.to_owned(),
        nodes,
    };
    graph.svg()
}
