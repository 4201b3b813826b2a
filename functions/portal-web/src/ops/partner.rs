//! A partner, and the write keys that its SDKs send by: each is shown once, when it is made.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use futures_util::future::try_join;
use http::Method;
use jiff::Timestamp;
use lambda_kit::redact::Redacted;
use serde::Deserialize;

use crate::{
    api::{Answer, Sent, path},
    config::Portal,
    failure::Answered,
    form::Form,
    visit::Visit,
};

/// `GET /v1/directory/{tenant}/partners/{partner}`.
#[derive(Deserialize)]
struct PartnerResponse {
    partner: String,
    display_name: String,
    #[serde(default)]
    requests_per_minute: Option<u64>,
}

/// `GET …/write-keys`.
#[derive(Deserialize)]
struct KeysResponse {
    write_keys: Vec<KeyResponse>,
}

#[derive(Deserialize)]
struct KeyResponse {
    write_key_id: String,
    beginning: String,
    state: String,
    #[serde(default)]
    changed_at: Option<Timestamp>,
}

/// `POST …/write-keys`.
#[derive(Deserialize)]
struct MadeResponse {
    write_key: Redacted<String>,
}

#[derive(Template)]
#[template(path = "ops/partner.html")]
struct Page<'a> {
    v: &'a Visit,
    partner: PartnerResponse,
    keys: KeysResponse,
    /// The key that was made just now.
    made: Option<MadeResponse>,
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(partner): Path<String>,
) -> Answered {
    page(&portal, &visit, &partner, None).await
}

/// Makes a key, and shows it. Sent again, the form shows the same key: it is carried out once.
pub(crate) async fn make_key(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(partner): Path<String>,
    Form(form): Form,
) -> Answered {
    let api = visit.operators_api(&portal)?;
    let sent = Sent {
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let own = path(&[
        "v1",
        "directory",
        visit.tenant()?,
        "partners",
        &partner,
        "write-keys",
    ]);
    let made: Answer<MadeResponse> = api.send(Method::POST, &own, sent).await?;
    page(&portal, &visit, &partner, Some(made.body)).await
}

pub(crate) async fn revoke_key(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path((partner, key)): Path<(String, String)>,
    Form(form): Form,
) -> Answered {
    let api = visit.operators_api(&portal)?;
    let sent = Sent {
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let own = path(&[
        "v1",
        "directory",
        visit.tenant()?,
        "partners",
        &partner,
        "write-keys",
        &key,
    ]);
    api.send::<serde_json::Value>(Method::DELETE, &own, sent)
        .await?;
    let back = path(&["ops", "tenant", "partners", &partner]);
    Ok(Redirect::to(&back).into_response())
}

async fn page(
    portal: &Portal,
    visit: &Visit,
    partner: &str,
    made: Option<MadeResponse>,
) -> Answered {
    let api = visit.operators_api(portal)?;
    let own = path(&["v1", "directory", visit.tenant()?, "partners", partner]);
    let keys = format!("{own}/write-keys");
    let (partner, keys) = try_join(
        api.get::<PartnerResponse>(&own),
        api.get::<KeysResponse>(&keys),
    )
    .await?;
    visit.page(&Page {
        v: visit,
        partner: partner.body,
        keys: keys.body,
        made,
    })
}
