//! How somebody is erased: what will happen, the way back, and the certificate.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use http::{Method, StatusCode};
use serde_json::Value;

use super::wire::{CertificateResponse, ErasureResponse};
use crate::{
    api::{Answer, Refusal, Sent, path},
    config::Portal,
    failure::{Answered, Failure},
    form::Form,
    visit::Visit,
};

#[derive(Template)]
#[template(path = "me/deletion.html")]
struct Page<'a> {
    v: &'a Visit,
    /// The erasure that is under way, if one is.
    erasure: Option<ErasureResponse>,
    /// Whether the person has yet to say that they mean it.
    is_unconfirmed: bool,
}

#[derive(Template)]
#[template(path = "me/erasure.html")]
struct Followed<'a> {
    v: &'a Visit,
    erasure: ErasureResponse,
    certificate: Option<CertificateResponse>,
}

pub(crate) async fn show(State(portal): State<Arc<Portal>>, visit: Visit) -> Answered {
    let erasure = visit
        .api(&portal)?
        .get::<ErasureResponse>("/v1/me/erasure")
        .await;
    let erasure = match erasure {
        Ok(erasure) => Some(erasure.body).filter(|erasure| erasure.state != "withdrawn"),
        Err(Refusal::Problem(problem)) if problem.status == 404 => None,
        Err(refusal) => return Err(refusal.into()),
    };
    visit.page(&Page {
        v: &visit,
        erasure,
        is_unconfirmed: false,
    })
}

pub(crate) async fn request(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Form(form): Form,
) -> Answered {
    if !form.has("confirmed") {
        let page = Page {
            v: &visit,
            erasure: None,
            is_unconfirmed: true,
        };
        return visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let api = visit.api(&portal)?;
    api.send::<Value>(Method::DELETE, "/v1/me", under(form.get("key")))
        .await?;
    Ok(Redirect::to("/me/delete").into_response())
}

pub(crate) async fn withdraw(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Form(form): Form,
) -> Answered {
    let api = visit.api(&portal)?;
    api.send::<()>(Method::DELETE, "/v1/me/erasure", under(form.get("key")))
        .await?;
    Ok(Redirect::to("/me").into_response())
}

/// How far an erasure is, for whoever has its id: there is no other way to ask once the logins are gone.
pub(crate) async fn follow(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(erasure_id): Path<String>,
) -> Answered {
    let api = visit.open_api(&portal);
    let own = path(&["v1", "erasures", &erasure_id]);
    let erasure: Answer<ErasureResponse> = api.get(&own).await?;
    let certificate = if erasure.body.state == "erased" {
        let certificate = api
            .get::<CertificateResponse>(&format!("{own}/certificate"))
            .await;
        match certificate {
            Ok(certificate) => Some(certificate.body),
            // It is written a moment after the end.
            Err(Refusal::Problem(problem)) if [404, 409].contains(&problem.status) => None,
            Err(refusal) => return Err(Failure::from(refusal)),
        }
    } else {
        None
    };
    visit.page(&Followed {
        v: &visit,
        erasure: erasure.body,
        certificate,
    })
}

fn under(key: &str) -> Sent<'_> {
    Sent {
        key: Some(key),
        ..Sent::default()
    }
}
