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
    api::{Answer, Sent, path},
    config::Portal,
    failure::Answered,
    form::{Form, Query},
    visit::Visit,
};

#[derive(Template)]
#[template(path = "me/logins.html")]
struct Page<'a> {
    v: &'a Visit,
    logins: LoginsResponse,
    is_removed: bool,
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(query): Query,
) -> Answered {
    let logins: Answer<LoginsResponse> = visit.api(&portal)?.get("/v1/me/logins").await?;
    visit.page(&Page {
        v: &visit,
        logins: logins.body,
        is_removed: query.has("removed"),
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
