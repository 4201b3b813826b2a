//! By which logins somebody gets in.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use http::Method;

use super::wire::LoginsResponse;
use crate::{
    api::{Answer, Sent, path, query},
    config::Portal,
    failure::Answered,
    form::{Form, Query},
    visit::Visit,
};

#[derive(Template)]
#[template(path = "me/logins.html")]
struct Page<'a> {
    v: &'a Visit,
    logins: &'a LoginsResponse,
    /// Identity providers by which the person might get in as well, and where that begins.
    others: Vec<(&'a str, String)>,
    is_removed: bool,
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(asked): Query,
) -> Answered {
    let logins: Answer<LoginsResponse> = visit.api(&portal)?.get("/v1/me/logins").await?;
    let logins = logins.body;
    let others = portal.providers.iter().map(String::as_str).filter(|name| {
        let mut own = logins.logins.iter();
        !own.any(|login| login.provider.as_deref() == Some(*name))
    });
    let sign_in = |name: &str| {
        let asked = [("provider", name), ("return_to", "/me/logins")];
        query("/sign-in", &asked)
    };
    visit.page(&Page {
        v: &visit,
        others: others.map(|name| (name, sign_in(name))).collect(),
        logins: &logins,
        is_removed: asked.has("removed"),
    })
}

pub(crate) async fn remove(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(login): Path<String>,
    Form(form): Form,
) -> Answered {
    let sent = Sent {
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let path = path(&["v1", "me", "logins", &login]);
    visit
        .api(&portal)?
        .send::<()>(Method::DELETE, &path, sent)
        .await?;
    Ok(Redirect::to("/me/logins?removed=1").into_response())
}
