//! All that is held on somebody, to take along.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use http::Method;

use super::wire::ExportResponse;
use crate::{
    api::{Answer, Sent},
    config::Portal,
    failure::Answered,
    form::Form,
    visit::Visit,
};

#[derive(Template)]
#[template(path = "me/export.html")]
struct Page<'a> {
    v: &'a Visit,
    export: Option<ExportResponse>,
}

pub(crate) async fn show(visit: Visit) -> Answered {
    visit.session()?;
    visit.page(&Page {
        v: &visit,
        export: None,
    })
}

/// Shows the link, and does not follow it: it leads to S3, to where no form of ours may lead.
pub(crate) async fn make(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Form(form): Form,
) -> Answered {
    let sent = Sent {
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let api = visit.api(&portal)?;
    let export: Answer<ExportResponse> = api.send(Method::POST, "/v1/me/export", sent).await?;
    visit.page(&Page {
        v: &visit,
        export: Some(export.body),
    })
}
