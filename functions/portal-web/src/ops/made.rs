//! What a partner's programs come with: write keys of its SDKs, and app clients of its machines.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use http::Method;
use jiff::Timestamp;
use lambda_kit::redact::Redacted;
use serde::Deserialize;
use serde_json::json;

use super::partner::shown;
use crate::{
    api::{Answer, Sent, path},
    config::Portal,
    failure::{Answered, Failure},
    form::Form,
    visit::Visit,
};

/// A write key on the list of `GET …/write-keys`.
#[derive(Deserialize)]
pub(super) struct KeyResponse {
    pub(super) write_key_id: String,
    pub(super) beginning: String,
    pub(super) state: String,
    pub(super) changed_at: Timestamp,
}

/// An app client on the list of `GET …/clients`.
#[derive(Deserialize)]
pub(super) struct ClientResponse {
    pub(super) client: String,
    pub(super) state: String,
    pub(super) agreement: String,
    pub(super) scopes: BTreeSet<String>,
    #[serde(default)]
    pub(super) client_id: Option<String>,
    pub(super) changed_at: Timestamp,
}

/// `POST …/write-keys`.
#[derive(Deserialize)]
struct MadeKeyResponse {
    write_key: Redacted<String>,
}

/// `POST …/clients`.
#[derive(Deserialize)]
struct MadeClientResponse {
    client_id: String,
    client_secret: Redacted<String>,
}

/// What is shown once.
pub(super) enum Made {
    /// A write key.
    Key(Redacted<String>),
    /// An app client, by its id and with its secret.
    Client(String, Redacted<String>),
}

pub(crate) async fn make_key(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(partner): Path<String>,
    Form(form): Form,
) -> Answered {
    let own = own(&visit, &[&partner, "write-keys"])?;
    let api = visit.operators_api(&portal)?;
    let made: Answer<MadeKeyResponse> =
        api.send(Method::POST, &own, under(form.get("key"))).await?;
    shown(&portal, &visit, &partner, Made::Key(made.body.write_key)).await
}

pub(crate) async fn revoke_key(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path((partner, key)): Path<(String, String)>,
    Form(form): Form,
) -> Answered {
    remove(
        &portal,
        &visit,
        [&partner, "write-keys", &key],
        form.get("key"),
    )
    .await
}

/// Makes an app client, or with the agreement and the scopes of another one the next one in its place.
pub(crate) async fn make_client(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(partner): Path<String>,
    Form(form): Form,
) -> Answered {
    let scopes: BTreeSet<&str> = form.all("scope").collect();
    let body = json!({ "agreement": form.get("agreement"), "scopes": scopes });
    let sent = Sent {
        body: Some(body.to_string()),
        ..under(form.get("key"))
    };
    let own = own(&visit, &[&partner, "clients"])?;
    let api = visit.operators_api(&portal)?;
    let made: Answer<MadeClientResponse> = api.send(Method::POST, &own, sent).await?;
    let made = Made::Client(made.body.client_id, made.body.client_secret);
    shown(&portal, &visit, &partner, made).await
}

pub(crate) async fn remove_client(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path((partner, client)): Path<(String, String)>,
    Form(form): Form,
) -> Answered {
    remove(
        &portal,
        &visit,
        [&partner, "clients", &client],
        form.get("key"),
    )
    .await
}

async fn remove(portal: &Portal, visit: &Visit, what: [&str; 3], key: &str) -> Answered {
    let own = own(visit, &what)?;
    let api = visit.operators_api(portal)?;
    api.send::<serde::de::IgnoredAny>(Method::DELETE, &own, under(key))
        .await?;
    let [partner, ..] = what;
    let back = path(&["ops", "tenant", "partners", partner]);
    Ok(Redirect::to(&back).into_response())
}

/// Something of a partner's in the API.
fn own(visit: &Visit, below: &[&str]) -> Result<String, Failure> {
    let above = path(&["v1", "directory", visit.tenant()?, "partners"]);
    Ok(format!("{above}{}", path(below)))
}

fn under(key: &str) -> Sent<'_> {
    Sent {
        key: Some(key),
        ..Sent::default()
    }
}
