//! What a tenant processes data for: how it is called, by what right, and the texts that people are shown.
//! What was published stands; another text comes behind it.

use std::{collections::BTreeSet, sync::Arc};

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    api::{Refusal, Sent, Upon, path, query},
    config::Portal,
    failure::{Answered, Failure},
    form::{Fields, Form, Query},
    visit::Visit,
};

/// By what right data may be processed, as the API calls it.
const BASES: [&str; 6] = [
    "consent",
    "legitimate_interests",
    "contract",
    "legal_obligation",
    "vital_interests",
    "public_task",
];

/// `GET /v1/directory/{tenant}/purposes/{purpose}`.
#[derive(Debug, Default, Deserialize)]
struct PurposeResponse {
    display_name: String,
    legal_basis: String,
    text_versions: Vec<String>,
    #[serde(default)]
    notices: Vec<Notice>,
    #[serde(default)]
    valid_for_days: Option<u16>,
    #[serde(default)]
    sale_or_sharing: bool,
    version: u64,
    #[serde(default)]
    changed_by: Option<String>,
    #[serde(default)]
    changed_at: Option<Timestamp>,
}

/// What people are told with a version of the text, as the API has it and takes it.
#[derive(Debug, Deserialize, Serialize)]
struct Notice {
    text_version: String,
    url: String,
    sha256: String,
    #[serde(default)]
    recipients: Vec<String>,
    retention: String,
}

impl PurposeResponse {
    /// Each version of the text with what people are told with it, the latest first.
    fn texts(&self) -> impl Iterator<Item = (&str, Option<&Notice>)> {
        self.text_versions.iter().rev().map(|version| {
            let mut notices = self.notices.iter();
            let notice = notices.find(|notice| notice.text_version == *version);
            (version.as_str(), notice)
        })
    }
}

/// What stands in the form.
#[derive(Default)]
struct Entered<'a> {
    display_name: &'a str,
    legal_basis: &'a str,
    valid_for_days: &'a str,
    is_sale: bool,
    /// Another text, or what people are told with one that was published without.
    text: &'a str,
    url: &'a str,
    sha256: &'a str,
    recipients: &'a str,
    retention: &'a str,
}

#[derive(Template)]
#[template(path = "ops/purpose.html")]
struct Page<'a> {
    v: &'a Visit,
    name: &'a str,
    /// As it stands; none if there is none of that name yet.
    purpose: Option<&'a PurposeResponse>,
    bases: [&'static str; 6],
    entered: Entered<'a>,
    version: &'a str,
    is_saved: bool,
    /// Why it can't be as it is in the form.
    problem: Option<String>,
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(name): Path<String>,
    Query(asked): Query,
) -> Answered {
    let (purpose, version) = standing(&portal, &visit, &name).await?;
    let days = purpose.as_ref().and_then(|purpose| purpose.valid_for_days);
    let days = days.map(|days| days.to_string()).unwrap_or_default();
    let mut entered = Entered::default();
    if let Some(purpose) = &purpose {
        entered.display_name = &purpose.display_name;
        entered.is_sale = purpose.sale_or_sharing;
        entered.valid_for_days = &days;
    }
    visit.page(&Page {
        v: &visit,
        name: &name,
        purpose: purpose.as_ref(),
        bases: BASES,
        entered,
        version: &version,
        is_saved: asked.has("saved"),
        problem: None,
    })
}

pub(crate) async fn save(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(name): Path<String>,
    Form(form): Form,
) -> Answered {
    let (purpose, _) = standing(&portal, &visit, &name).await?;
    let entered = Entered::read(&form);
    let sent = Sent {
        body: Some(definition(purpose.as_ref(), &entered).to_string()),
        upon: Upon::shown(form.get("version")),
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let of_api = of_api(visit.tenant()?, &name);
    let api = visit.operators_api(&portal)?;
    match api.send::<Value>(Method::PUT, &of_api, sent).await {
        Ok(_) => Ok(Redirect::to(&query(&own(&name), &[("saved", "1")])).into_response()),
        Err(Refusal::Problem(problem)) if [400, 404, 409, 412].contains(&problem.status) => {
            let page = Page {
                v: &visit,
                name: &name,
                purpose: purpose.as_ref(),
                bases: BASES,
                entered,
                version: form.get("version"),
                is_saved: false,
                problem: Some(problem.detail.unwrap_or_default()),
            };
            visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Goes to the page of a purpose that was named in a form.
pub(crate) async fn named(Query(asked): Query) -> Redirect {
    match asked.get("purpose") {
        "" => Redirect::to("/ops/tenant"),
        name => Redirect::to(&own(name)),
    }
}

/// The purpose as it stands, and its version; neither, if there is none yet.
async fn standing(
    portal: &Portal,
    visit: &Visit,
    name: &str,
) -> Result<(Option<PurposeResponse>, String), Failure> {
    let api = visit.operators_api(portal)?;
    match api.get(&of_api(visit.tenant()?, name)).await {
        Ok(found) => Ok((Some(found.body), found.etag.unwrap_or_default())),
        Err(Refusal::Problem(problem)) if problem.status == 404 => Ok((None, String::new())),
        Err(refusal) => Err(refusal.into()),
    }
}

/// The purpose as the API takes it: what was published, and what the form adds to it.
fn definition(purpose: Option<&PurposeResponse>, entered: &Entered<'_>) -> Value {
    let published = purpose.map_or(&[][..], |purpose| &purpose.text_versions);
    let is_new = !entered.text.is_empty() && !published.iter().any(|text| text == entered.text);
    let added = is_new.then_some(entered.text);
    let texts = published.iter().map(String::as_str).chain(added);
    let notices = purpose.map_or(&[][..], |purpose| &purpose.notices);
    let added = entered.notice();
    let basis = purpose.map_or(entered.legal_basis, |purpose| &purpose.legal_basis);
    // What is no number goes on as it is: the API says what it takes.
    let days = match entered.valid_for_days.parse::<u64>() {
        Ok(days) => days.into(),
        Err(_) if entered.valid_for_days.is_empty() => Value::Null,
        Err(_) => entered.valid_for_days.into(),
    };
    json!({
        "display_name": entered.display_name,
        "legal_basis": basis,
        "text_versions": texts.collect::<Vec<_>>(),
        "notices": notices.iter().chain(&added).collect::<Vec<_>>(),
        "valid_for_days": days,
        "sale_or_sharing": entered.is_sale,
    })
}

impl<'a> Entered<'a> {
    fn read(form: &'a Fields) -> Self {
        Self {
            display_name: form.get("display_name"),
            legal_basis: form.get("legal_basis"),
            valid_for_days: form.get("valid_for_days"),
            is_sale: form.has("sale_or_sharing"),
            text: form.get("text"),
            url: form.get("url"),
            sha256: form.get("sha256"),
            recipients: form.get("recipients"),
            retention: form.get("retention"),
        }
    }

    /// What people are to be told with the text, if the form says anything of it.
    fn notice(&self) -> Option<Notice> {
        let said = [self.url, self.sha256, self.recipients, self.retention];
        said.iter().any(|text| !text.is_empty()).then(|| Notice {
            text_version: self.text.to_owned(),
            url: self.url.to_owned(),
            sha256: self.sha256.to_owned(),
            recipients: lines(self.recipients),
            retention: self.retention.to_owned(),
        })
    }
}

/// What stands in the lines of a field, each once.
fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut seen = BTreeSet::new();
    lines
        .filter(|line| seen.insert(*line))
        .map(str::to_owned)
        .collect()
}

fn of_api(tenant: &str, name: &str) -> String {
    path(&["v1", "directory", tenant, "purposes", name])
}

fn own(name: &str) -> String {
    path(&["ops", "tenant", "purposes", name])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing() -> PurposeResponse {
        let purpose = json!({
            "display_name": "The Harbour Letter",
            "legal_basis": "consent",
            "text_versions": ["2025-06", "2026-01"],
            "notices": [{
                "text_version": "2026-01", "url": "https://harbour.example/1", "sha256": "5e",
                "recipients": ["Printers"], "retention": "A year",
            }],
            "valid_for_days": 730,
            "sale_or_sharing": false,
            "version": 1,
        });
        serde_json::from_value(purpose).unwrap()
    }

    #[test]
    fn what_was_published_stays_and_another_text_comes_behind_it() {
        let form = Fields::parse(
            b"display_name=Letter&legal_basis=contract&valid_for_days=&text=2026-02\
            &url=https%3A%2F%2Fharbour.example%2F2&recipients=Printers%0D%0A%0D%0APost%0APost",
        );
        let defined = definition(Some(&standing()), &Entered::read(&form));
        assert_eq!(defined["legal_basis"], "consent", "it is fixed");
        assert_eq!(
            defined["text_versions"],
            json!(["2025-06", "2026-01", "2026-02"])
        );
        assert_eq!(defined["valid_for_days"], Value::Null);
        assert_eq!(defined["notices"][0]["sha256"], "5e");
        assert_eq!(
            defined["notices"][1]["recipients"],
            json!(["Printers", "Post"])
        );
        assert_eq!(defined["notices"][1]["text_version"], "2026-02");
    }

    #[test]
    fn a_text_that_was_published_without_is_told_of_later() {
        let form = Fields::parse(b"text=2025-06&url=x&valid_for_days=many");
        let defined = definition(Some(&standing()), &Entered::read(&form));
        assert_eq!(defined["text_versions"], json!(["2025-06", "2026-01"]));
        assert_eq!(defined["notices"][1]["text_version"], "2025-06");
        assert_eq!(defined["valid_for_days"], "many");
        let nothing = definition(None, &Entered::default());
        assert_eq!(nothing["text_versions"], json!([]));
        assert_eq!(nothing["notices"], json!([]));
    }
}
