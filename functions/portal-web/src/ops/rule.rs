//! Of which events people are told: if they agreed to what, and in which words.

use std::{collections::BTreeMap, sync::Arc};

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use futures_util::future::try_join;
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::purposes::{self, PurposeResponse};
use crate::{
    api::{Refusal, Sent, Upon, path, query},
    config::Portal,
    failure::{Answered, Failure},
    form::{Fields, Form, Query},
    visit::Visit,
};

/// What the fields of the texts are called, before their language.
const TEXT: &str = "text.";

/// `GET /v1/directory/{tenant}/notification-rules/{type}`.
#[derive(Debug, Deserialize)]
struct RuleResponse {
    purpose: String,
    texts: BTreeMap<String, String>,
    state: String,
    version: u64,
    #[serde(default)]
    changed_by: Option<String>,
    #[serde(default)]
    changed_at: Option<Timestamp>,
}

/// What stands in the form.
#[derive(Debug, PartialEq, Eq)]
struct Entered {
    purpose: String,
    texts: BTreeMap<String, String>,
    is_active: bool,
}

#[derive(Template)]
#[template(path = "ops/rule.html")]
struct Page<'a> {
    v: &'a Visit,
    name: &'a str,
    /// As it stands; none if there is none for that type yet.
    rule: Option<&'a RuleResponse>,
    entered: Entered,
    /// Those that people agree to: they are told of nothing else.
    purposes: Vec<PurposeResponse>,
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
    let Stands {
        rule,
        version,
        purposes,
    } = stands(&portal, &visit, &name).await?;
    visit.page(&Page {
        v: &visit,
        name: &name,
        rule: rule.as_ref(),
        entered: Entered::of(rule.as_ref()),
        purposes,
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
    let entered = Entered::read(&form);
    let sent = Sent {
        body: Some(entered.definition().to_string()),
        upon: Upon::shown(form.get("version")),
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let of_api = of_api(visit.tenant()?, &name);
    let api = visit.operators_api(&portal)?;
    match api.send::<Value>(Method::PUT, &of_api, sent).await {
        Ok(_) => Ok(Redirect::to(&query(&own(&name), &[("saved", "1")])).into_response()),
        Err(Refusal::Problem(problem)) if [400, 404, 409, 412].contains(&problem.status) => {
            let Stands { rule, purposes, .. } = stands(&portal, &visit, &name).await?;
            let page = Page {
                v: &visit,
                name: &name,
                rule: rule.as_ref(),
                entered,
                purposes,
                version: form.get("version"),
                is_saved: false,
                problem: Some(problem.detail.unwrap_or_default()),
            };
            visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Goes to the page of the rule for a type that was named in a form.
pub(crate) async fn named(Query(asked): Query) -> Redirect {
    match asked.get("type") {
        "" => Redirect::to("/ops/tenant"),
        name => Redirect::to(&own(name)),
    }
}

/// A rule as it stands, and what it may be for.
struct Stands {
    rule: Option<RuleResponse>,
    /// Empty if it is not there yet.
    version: String,
    purposes: Vec<PurposeResponse>,
}

async fn stands(portal: &Portal, visit: &Visit, name: &str) -> Result<Stands, Failure> {
    let api = visit.operators_api(portal)?;
    let tenant = visit.tenant()?;
    let of_api = of_api(tenant, name);
    let rule = async {
        match api.get(&of_api).await {
            Ok(found) => Ok((Some(found.body), found.etag.unwrap_or_default())),
            Err(Refusal::Problem(problem)) if problem.status == 404 => Ok((None, String::new())),
            Err(refusal) => Err(Failure::from(refusal)),
        }
    };
    let ((rule, version), mut purposes) = try_join(rule, purposes::all(api, tenant)).await?;
    purposes.retain(|purpose| purpose.legal_basis == "consent");
    Ok(Stands {
        rule,
        version,
        purposes,
    })
}

impl Entered {
    fn of(rule: Option<&RuleResponse>) -> Self {
        rule.map_or_else(
            || Self {
                purpose: String::new(),
                // Whoever reads none of the languages reads this one.
                texts: BTreeMap::from([("en".to_owned(), String::new())]),
                is_active: true,
            },
            |rule| Self {
                purpose: rule.purpose.clone(),
                texts: rule.texts.clone(),
                is_active: rule.state == "active",
            },
        )
    }

    /// A text that was emptied is none, and one more language may be added.
    fn read(form: &Fields) -> Self {
        let texts = form.beginning_with(TEXT);
        let added = (form.get("language"), form.get("added"));
        let texts = texts.chain([added]).filter(|(_, text)| !text.is_empty());
        Self {
            purpose: form.get("purpose").to_owned(),
            texts: texts
                .map(|(language, text)| (language.to_owned(), text.to_owned()))
                .collect(),
            is_active: form.has("active"),
        }
    }

    /// The rule as the API takes it.
    fn definition(&self) -> Value {
        let state = if self.is_active { "active" } else { "disabled" };
        json!({ "purpose": self.purpose, "texts": self.texts, "state": state })
    }
}

fn of_api(tenant: &str, name: &str) -> String {
    path(&["v1", "directory", tenant, "notification-rules", name])
}

fn own(name: &str) -> String {
    path(&["ops", "tenant", "rules", name])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_changed_emptied_and_added_by_their_language() {
        let form = Fields::parse(
            b"purpose=newsletter&text.en=News.&text.de=&language=fr&added=Des+nouvelles.&active=yes",
        );
        let entered = Entered::read(&form);
        assert_eq!(
            entered.definition(),
            json!({
                "purpose": "newsletter",
                "texts": { "en": "News.", "fr": "Des nouvelles." },
                "state": "active",
            })
        );
        let off = Entered::read(&Fields::parse(b"purpose=newsletter&text.en=News."));
        assert_eq!(off.definition()["state"], "disabled");
    }
}
