//! What a partner may ask for: an agreement, and in plain words what it allows.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

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

/// Which groups of fields there are.
const GROUPS: [&str; 4] = ["names", "contacts", "demographics", "events"];

/// `GET /v1/directory/{tenant}/agreements/{agreement}`.
#[derive(Deserialize)]
struct AgreementResponse {
    partner: String,
    terms: BTreeMap<String, BTreeSet<String>>,
    #[serde(default)]
    valid_until: Option<Timestamp>,
}

impl AgreementResponse {
    /// One with `partner` that allows nothing yet.
    fn with(partner: &str) -> Self {
        Self {
            partner: partner.to_owned(),
            terms: BTreeMap::new(),
            valid_until: None,
        }
    }
}

/// What is agreed on for one purpose.
struct Term<'a> {
    purpose: &'a PurposeResponse,
    /// Each group, and whether it may be asked for.
    groups: [(&'static str, bool); 4],
}

impl Term<'_> {
    fn is_agreed(&self) -> bool {
        self.groups.iter().any(|(_, is_agreed)| *is_agreed)
    }
}

#[derive(Template)]
#[template(path = "ops/agreement.html")]
struct Page<'a> {
    v: &'a Visit,
    name: &'a str,
    partner: &'a str,
    terms: Vec<Term<'a>>,
    valid_until: String,
    version: &'a str,
    /// Whether this shows what would be, and nothing is changed yet.
    is_preview: bool,
    is_saved: bool,
    /// Why it can't be as it is in the form.
    problem: Option<String>,
}

/// An agreement as it stands, its version, and the purposes of the tenant.
struct Stands {
    agreement: AgreementResponse,
    /// Empty if it is not there yet.
    version: String,
    purposes: Vec<PurposeResponse>,
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(name): Path<String>,
    Query(asked): Query,
) -> Answered {
    let stands = stands(&portal, &visit, &name, asked.get("partner")).await?;
    let agreement = &stands.agreement;
    let agreed = |purpose: &str, group: &str| {
        let groups = agreement.terms.get(purpose);
        groups.is_some_and(|groups| groups.contains(group))
    };
    visit.page(&Page {
        v: &visit,
        name: &name,
        partner: &agreement.partner,
        terms: terms(&stands.purposes, agreed),
        valid_until: agreement
            .valid_until
            .map(|at| at.to_string())
            .unwrap_or_default(),
        version: &stands.version,
        is_preview: false,
        is_saved: asked.has("saved"),
        problem: None,
    })
}

/// Shows what the form would allow; with `do` it is done.
pub(crate) async fn save(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(name): Path<String>,
    Form(form): Form,
) -> Answered {
    let stands = stands(&portal, &visit, &name, form.get("partner")).await?;
    let agreed = |purpose: &str, group: &str| form.all(purpose).any(|each| each == group);
    let mut page = Page {
        v: &visit,
        name: &name,
        partner: &stands.agreement.partner,
        terms: terms(&stands.purposes, agreed),
        valid_until: form.get("valid_until").to_owned(),
        version: form.get("version"),
        is_preview: true,
        is_saved: false,
        problem: None,
    };
    if form.get("step") != "do" {
        return visit.page(&page);
    }
    let sent = Sent {
        body: Some(definition(&page, &form).to_string()),
        upon: Upon::shown(form.get("version")),
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let own = path(&["v1", "directory", visit.tenant()?, "agreements", &name]);
    match visit
        .operators_api(&portal)?
        .send::<Value>(Method::PUT, &own, sent)
        .await
    {
        Ok(_) => {
            let back = path(&["ops", "tenant", "agreements", &name]);
            Ok(Redirect::to(&query(&back, &[("saved", "1")])).into_response())
        }
        Err(Refusal::Problem(problem)) if [400, 404, 412].contains(&problem.status) => {
            page.problem = Some(problem.detail.unwrap_or_default());
            visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Goes to the page of an agreement that was named in a form, with the partner that it is to be with.
pub(crate) async fn named(Query(asked): Query) -> Redirect {
    let (name, partner) = (asked.get("agreement"), asked.get("partner"));
    if name.is_empty() {
        return Redirect::to("/ops/tenant");
    }
    let own = path(&["ops", "tenant", "agreements", name]);
    Redirect::to(&query(&own, &[("partner", partner)]))
}

/// What there is of the name; what would be made with `partner`, if there is nothing yet.
async fn stands(
    portal: &Portal,
    visit: &Visit,
    name: &str,
    partner: &str,
) -> Result<Stands, Failure> {
    let api = visit.operators_api(portal)?;
    let tenant = visit.tenant()?;
    let own = path(&["v1", "directory", tenant, "agreements", name]);
    let agreement = async {
        match api.get::<AgreementResponse>(&own).await {
            Ok(agreement) => Ok((agreement.body, agreement.etag.unwrap_or_default())),
            Err(Refusal::Problem(problem)) if problem.status == 404 && !partner.is_empty() => {
                Ok((AgreementResponse::with(partner), String::new()))
            }
            Err(refusal) => Err(Failure::from(refusal)),
        }
    };
    let ((agreement, version), purposes) = try_join(agreement, purposes::all(api, tenant)).await?;
    Ok(Stands {
        agreement,
        version,
        purposes,
    })
}

fn terms<'a>(
    purposes: &'a [PurposeResponse],
    agreed: impl Fn(&str, &str) -> bool,
) -> Vec<Term<'a>> {
    let term = |purpose: &'a PurposeResponse| Term {
        purpose,
        groups: GROUPS.map(|group| (group, agreed(&purpose.purpose, group))),
    };
    purposes.iter().map(term).collect()
}

/// The agreement as the API takes it.
fn definition(page: &Page<'_>, form: &Fields) -> Value {
    let agreed = page.terms.iter().filter(|term| term.is_agreed());
    let terms: BTreeMap<&str, Vec<&str>> = agreed
        .map(|term| {
            let groups = term.groups.iter().filter(|(_, is_agreed)| *is_agreed);
            (
                term.purpose.purpose.as_str(),
                groups.map(|(group, _)| *group).collect(),
            )
        })
        .collect();
    let until = form.get("valid_until");
    let until = (!until.is_empty()).then_some(until);
    json!({ "partner": page.partner, "terms": terms, "valid_until": until })
}
