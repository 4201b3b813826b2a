//! What somebody allows to whom.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use http::Method;
use serde_json::{Value, json};

use super::wire::{ConsentsResponse, PurposeResponse};
use crate::{
    api::{Answer, Sent, path, query},
    config::Portal,
    failure::{Answered, Failure},
    form::{Form, Query},
    visit::Visit,
};

#[derive(Template)]
#[template(path = "me/permissions.html")]
struct List<'a> {
    v: &'a Visit,
    consents: ConsentsResponse,
}

#[derive(Template)]
#[template(path = "me/permission.html")]
struct One<'a> {
    v: &'a Visit,
    purpose: PurposeResponse,
    is_saved: bool,
}

pub(crate) async fn list(State(portal): State<Arc<Portal>>, visit: Visit) -> Answered {
    let consents: Answer<ConsentsResponse> = visit.api(&portal)?.get("/v1/me/consents").await?;
    visit.page(&List {
        v: &visit,
        consents: consents.body,
    })
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(purpose): Path<String>,
    Query(asked): Query,
) -> Answered {
    let path = path(&["v1", "me", "consents", &purpose]);
    let path = query(&path, &[("cursor", asked.get("cursor"))]);
    let purpose: Answer<PurposeResponse> = visit.api(&portal)?.get(&path).await?;
    visit.page(&One {
        v: &visit,
        purpose: purpose.body,
        is_saved: asked.has("saved"),
    })
}

pub(crate) async fn decide(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(purpose): Path<String>,
    Form(form): Form,
) -> Answered {
    let decision = match form.get("decision") {
        "granted" => json!({
            "decision": "granted",
            // The text that stood on the page, which may not be the one that would stand there now.
            "text_version": form.get("text_version"),
            "language": visit.language(),
        }),
        "withdrawn" => json!({ "decision": "withdrawn" }),
        _ => return Err(Failure::BadRequest),
    };
    let sent = Sent {
        body: Some(decision.to_string()),
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let of_api = path(&["v1", "me", "consents", &purpose]);
    visit
        .api(&portal)?
        .send::<Value>(Method::PUT, &of_api, sent)
        .await?;
    let own = query(&path(&["me", "permissions", &purpose]), &[("saved", "1")]);
    Ok(Redirect::to(&own).into_response())
}
