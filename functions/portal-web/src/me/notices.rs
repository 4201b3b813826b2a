//! By which ways somebody is told of what concerns them.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect},
};
use http::Method;
use serde_json::{Map, Value};

use super::wire::{ProfileResponse, PurposeResponse};
use crate::{
    api::{Answer, Sent, Upon},
    config::Portal,
    failure::Answered,
    form::{Form, Query},
    visit::Visit,
};

/// The ways that there are, as the record calls them.
const WAYS: [&str; 2] = ["notices_by_sms", "notices_by_topic"];

#[derive(Template)]
#[template(path = "me/notices.html")]
struct Page<'a> {
    v: &'a Visit,
    /// Each way, and whether it is open.
    ways: Vec<(&'static str, bool)>,
    version: &'a str,
    /// Whether the person consented to notices; nothing is sent without.
    consent: Option<PurposeResponse>,
    is_saved: bool,
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(query): Query,
) -> Answered {
    let api = visit.api(&portal)?;
    let profile: Answer<ProfileResponse> = api.get("/v1/me").await?;
    let consent = api
        .get::<PurposeResponse>("/v1/me/consents/account-notices")
        .await;
    let consent = match consent {
        Ok(consent) => Some(consent.body),
        // A tenant that tells nobody of anything has no such purpose.
        Err(refusal) if refusal.is("unknown-purpose") || refusal.is("no-tenant-in-token") => None,
        Err(refusal) => return Err(refusal.into()),
    };
    let ways = WAYS.map(|way| (way, profile.body.field(way) != "no"));
    visit.page(&Page {
        v: &visit,
        ways: ways.into(),
        version: profile.etag.as_deref().unwrap_or_default(),
        consent,
        is_saved: query.has("saved"),
    })
}

pub(crate) async fn save(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Form(form): Form,
) -> Answered {
    let ways = WAYS.map(|way| {
        let word = if form.has(way) { "yes" } else { "no" };
        (way.to_owned(), Value::from(word))
    });
    let patch: Map<String, Value> = ways.into_iter().collect();
    let sent = Sent {
        body: Some(Value::from(patch).to_string()),
        upon: Upon::Version(form.get("version")),
        key: Some(form.get("key")),
        ..Sent::default()
    };
    visit
        .api(&portal)?
        .send::<Value>(Method::PATCH, "/v1/me", sent)
        .await?;
    Ok(Redirect::to("/me/notices?saved=1").into_response())
}
