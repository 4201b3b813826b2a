//! By which ways somebody is told of what concerns them, and trying that.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect},
};
use futures_util::future::join3;
use http::{Method, StatusCode};
use serde_json::{Map, Value};

use super::wire::{NoticesResponse, ProfileResponse, PurposeResponse};
use crate::{
    api::{Answer, Refusal, Sent, Upon},
    config::Portal,
    failure::{Answered, Failure},
    form::{Form, Query},
    visit::Visit,
};

/// The ways that there are, as the record calls them.
const WAYS: [&str; 2] = ["notices_by_sms", "notices_by_topic"];

#[derive(Template)]
#[template(path = "me/notices.html")]
struct Page<'a> {
    v: &'a Visit,
    /// Each way, and whether the person wants it.
    ways: Vec<(&'static str, bool)>,
    version: String,
    /// Whether the person consented to notices; nothing is sent without.
    consent: Option<PurposeResponse>,
    /// What stands in each way, and how far a test is; none where nobody is told of anything.
    notices: Option<NoticesResponse>,
    is_saved: bool,
    /// In how many seconds another test may be asked for, if one was too early.
    wait: Option<u32>,
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(query): Query,
) -> Answered {
    let mut page = page(&portal, &visit).await?;
    page.is_saved = query.has("saved");
    visit.page(&page)
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

/// Has a message sent to try the ways. What became of it the page says that follows.
pub(crate) async fn test(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Form(form): Form,
) -> Answered {
    let sent = Sent {
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let api = visit.api(&portal)?;
    let asked = api
        .send::<Value>(Method::POST, "/v1/me/notices/test", sent)
        .await;
    let wait = match asked {
        Ok(_) => return Ok(Redirect::to("/me/notices#test").into_response()),
        Err(refusal) if refusal.is("no-open-way") => None,
        Err(Refusal::Problem(problem)) if problem.name() == "too-soon" => {
            Some(problem.retry_after.unwrap_or_default())
        }
        Err(refusal) => return Err(refusal.into()),
    };
    let mut page = page(&portal, &visit).await?;
    page.wait = wait;
    // Why no way is open stands with each of them.
    let status = match wait {
        Some(_) => StatusCode::TOO_MANY_REQUESTS,
        None => StatusCode::CONFLICT,
    };
    visit.page_with(status, &page)
}

async fn page<'a>(portal: &Portal, visit: &'a Visit) -> Result<Page<'a>, Failure> {
    let api = visit.api(portal)?;
    let (profile, consent, notices) = join3(
        api.get::<ProfileResponse>("/v1/me"),
        api.get::<PurposeResponse>("/v1/me/consents/account-notices"),
        api.get::<NoticesResponse>("/v1/me/notices"),
    )
    .await;
    let profile = profile?;
    let ways = WAYS.map(|way| (way, profile.body.field(way) != "no"));
    let consent = if_any(consent)?;
    Ok(Page {
        v: visit,
        ways: ways.into(),
        version: profile.etag.unwrap_or_default(),
        notices: if_any(notices)?.filter(|_| consent.is_some()),
        consent,
        is_saved: false,
        wait: None,
    })
}

/// What the API says of a tenant's notices; nothing of one that tells nobody of anything, or of none.
fn if_any<T>(answer: Result<Answer<T>, Refusal>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(answer) => Ok(Some(answer.body)),
        Err(refusal) if refusal.is("unknown-purpose") || refusal.is("no-tenant-in-token") => {
            Ok(None)
        }
        Err(refusal) => Err(refusal.into()),
    }
}
