//! Looking somebody up: by what points at them, for a purpose and with a reason, which the person sees. What
//! comes of it the tenant's agreement with its operators says, and that it was asked for is on record.

use std::{collections::BTreeMap, sync::Arc};

use askama::Template;
use axum::extract::{Path, State};
use http::{Method, StatusCode};
use jiff::Timestamp;
use lambda_kit::redact::Redacted;
use serde::Deserialize;
use serde_json::{Value, json};

use super::purposes::{self, PurposeResponse};
use crate::{
    api::{Answer, Caller, Problem, Refusal, Sent, path},
    config::Portal,
    failure::{Answered, Failure},
    form::{Fields, Form},
    visit::Visit,
};

/// By what somebody may be found, as the API calls it.
const KINDS: [&str; 4] = ["email", "phone_number", "cognito_sub", "anonymous_id"];

/// `POST /v1/profiles/resolve`, `GET /v1/profiles/{profile_id}`.
#[derive(Deserialize)]
struct FoundResponse {
    profile_id: String,
    data: BTreeMap<String, Redacted<Value>>,
    withheld: Vec<WithheldResponse>,
    receipt_id: String,
}

#[derive(Deserialize)]
struct WithheldResponse {
    group: String,
    reason: String,
}

/// `GET /v1/profiles/{profile_id}/events`.
#[derive(Deserialize)]
struct EventsResponse {
    events: Vec<EventResponse>,
    #[serde(default)]
    next: Option<String>,
    receipt_id: String,
}

/// What a partner told of the person.
#[derive(Deserialize)]
struct EventResponse {
    partner: String,
    #[serde(rename = "type")]
    kind: String,
    time: Timestamp,
    /// Not there if it is large.
    #[serde(default)]
    event: Option<Redacted<Value>>,
}

/// What was asked, as it stands in the form.
#[derive(Default)]
struct Asked<'a> {
    kind: &'a str,
    value: &'a str,
    purpose: &'a str,
    reason: &'a str,
}

#[derive(Template)]
#[template(path = "ops/find.html")]
struct Page<'a> {
    v: &'a Visit,
    kinds: [&'static str; 4],
    /// The tenant's purposes; none where the operator may not see what the tenant defined.
    purposes: &'a [PurposeResponse],
    asked: Asked<'a>,
    found: Option<FoundResponse>,
    /// Why nothing is shown.
    refused: Option<Problem>,
    /// Whether the reason can't be sent as it is.
    is_unsendable: bool,
}

#[derive(Template)]
#[template(path = "ops/timeline.html")]
struct Timeline<'a> {
    v: &'a Visit,
    profile: &'a str,
    asked: Asked<'a>,
    told: Option<EventsResponse>,
    refused: Option<Problem>,
}

pub(crate) async fn show(State(portal): State<Arc<Portal>>, visit: Visit) -> Answered {
    let api = visit.operators_api(&portal)?;
    let purposes = purposes_of(api, visit.tenant()?).await?;
    visit.page(&page(&visit, &purposes, Asked::default()))
}

pub(crate) async fn find(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Form(form): Form,
) -> Answered {
    let api = visit.operators_api(&portal)?;
    let purposes = purposes_of(api, visit.tenant()?).await?;
    let mut page = page(&visit, &purposes, Asked::read(&form));
    let kind = page.asked.kind;
    if !KINDS.contains(&kind) {
        return Err(Failure::BadRequest);
    }
    if !page.asked.can_be_sent() {
        page.is_unsendable = true;
        return visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let sent = Sent {
        body: Some(json!({ kind: page.asked.value }).to_string()),
        key: Some(form.get("key")),
        ..page.asked.sent()
    };
    match api.send(Method::POST, "/v1/profiles/resolve", sent).await {
        Ok(Answer { body, .. }) => {
            page.found = Some(body);
            visit.page(&page)
        }
        Err(Refusal::Problem(problem)) if is_an_answer(&problem) => {
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::FORBIDDEN);
            page.refused = Some(*problem);
            visit.page_with(status, &page)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// What partners told of somebody, the newest first.
pub(crate) async fn timeline(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(profile): Path<String>,
    Form(form): Form,
) -> Answered {
    let api = visit.operators_api(&portal)?;
    let asked = Asked::read(&form);
    if !asked.can_be_sent() {
        return Err(Failure::BadRequest);
    }
    let own = path(&["v1", "profiles", &profile, "events"]);
    let own = crate::api::query(&own, &[("cursor", form.get("cursor"))]);
    let told = api.send(Method::GET, &own, asked.sent()).await;
    let (told, refused, status) = match told {
        Ok(Answer { body, .. }) => (Some(body), None, StatusCode::OK),
        Err(Refusal::Problem(problem)) if is_an_answer(&problem) => {
            let status = StatusCode::from_u16(problem.status);
            (
                None,
                Some(*problem),
                status.unwrap_or(StatusCode::FORBIDDEN),
            )
        }
        Err(refusal) => return Err(refusal.into()),
    };
    let page = Timeline {
        v: &visit,
        profile: &profile,
        asked,
        told,
        refused,
    };
    visit.page_with(status, &page)
}

fn page<'a>(visit: &'a Visit, purposes: &'a [PurposeResponse], asked: Asked<'a>) -> Page<'a> {
    Page {
        v: visit,
        kinds: KINDS,
        purposes,
        asked,
        found: None,
        refused: None,
        is_unsendable: false,
    }
}

/// The purposes to choose from. Whoever may not see them says one by its name.
async fn purposes_of(api: Caller<'_>, tenant: &str) -> Result<Vec<PurposeResponse>, Failure> {
    match purposes::all(api, tenant).await {
        Err(Failure::Forbidden) => Ok(Vec::new()),
        purposes => purposes,
    }
}

/// Whether the API answers the question with it, and not that it was asked in the wrong way.
fn is_an_answer(problem: &Problem) -> bool {
    problem.receipt_id.is_some() || problem.status == 400
}

impl<'a> Asked<'a> {
    fn read(form: &'a Fields) -> Self {
        Self {
            kind: form.get("kind"),
            value: form.get("value"),
            purpose: form.get("purpose"),
            reason: form.get("reason"),
        }
    }

    /// Purpose and reason travel as headers, which have no other characters.
    fn can_be_sent(&self) -> bool {
        let is_plain = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        !self.purpose.is_empty() && is_plain(self.purpose) && is_plain(self.reason)
    }

    fn sent(&self) -> Sent<'a> {
        Sent {
            purpose: Some(self.purpose),
            reason: Some(self.reason).filter(|reason| !reason.is_empty()),
            ..Sent::default()
        }
    }
}

impl FoundResponse {
    /// Each field with what it says.
    fn fields(&self) -> impl Iterator<Item = (&str, String)> {
        self.data.iter().map(|(name, value)| {
            let value = value.expose();
            let text = value.as_str().map(str::to_owned);
            (name.as_str(), text.unwrap_or_else(|| value.to_string()))
        })
    }
}

impl EventResponse {
    /// The event as its partner told it.
    fn text(&self) -> Option<String> {
        let event = self.event.as_ref()?.expose();
        Some(format!("{event:#}"))
    }
}
