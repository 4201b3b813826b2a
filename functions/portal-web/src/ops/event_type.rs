//! A type of events: the schema to which they are held, and changing it. A change that would refuse what was
//! taken before is not taken, and the places where it would are named.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    api::{Refusal, Sent, path, query},
    config::Portal,
    failure::Answered,
    form::{Form, Query},
    visit::Visit,
};

/// What a new type begins with: it takes any object.
const ANYTHING: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {}
}"#;

/// `GET /v1/event-types/{type}`.
#[derive(Deserialize)]
struct EventTypeResponse {
    revision: u64,
    registered_by: String,
    schema: Value,
}

#[derive(Template)]
#[template(path = "ops/event-type.html")]
struct Page<'a> {
    v: &'a Visit,
    name: &'a str,
    /// How often it was changed and by whom it was registered, if it is there yet.
    standing: Option<(u64, String)>,
    schema: String,
    is_saved: bool,
    /// Why the schema is not taken, and where.
    problem: Option<String>,
    places: &'a [String],
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(name): Path<String>,
    Query(asked): Query,
) -> Answered {
    let api = visit.operators_api(&portal)?;
    let found = api.get::<EventTypeResponse>(&of_api(&name)).await;
    let found = match found {
        Ok(found) => Some(found.body),
        Err(Refusal::Problem(problem)) if problem.status == 404 => None,
        Err(refusal) => return Err(refusal.into()),
    };
    let schema = found.as_ref().map_or_else(
        || ANYTHING.to_owned(),
        |found| format!("{:#}", found.schema),
    );
    visit.page(&Page {
        v: &visit,
        name: &name,
        standing: found.map(|found| (found.revision, found.registered_by)),
        schema,
        is_saved: asked.has("saved"),
        problem: None,
        places: &[],
    })
}

/// Goes to the page of a type that was named in a form.
pub(crate) async fn named(Query(asked): Query) -> Redirect {
    match asked.get("type") {
        "" => Redirect::to("/ops/tenant"),
        name => Redirect::to(&own(name)),
    }
}

pub(crate) async fn save(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(name): Path<String>,
    Form(form): Form,
) -> Answered {
    let schema = form.get("schema");
    let sent = Sent {
        // As it was typed: what two could read in two ways, the API refuses.
        body: Some(schema.to_owned()),
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let api = visit.operators_api(&portal)?;
    match api.send::<Value>(Method::PUT, &of_api(&name), sent).await {
        Ok(_) => Ok(Redirect::to(&query(&own(&name), &[("saved", "1")])).into_response()),
        Err(Refusal::Problem(problem)) if [400, 409, 413, 422].contains(&problem.status) => {
            let page = Page {
                v: &visit,
                name: &name,
                standing: None,
                schema: schema.to_owned(),
                is_saved: false,
                problem: Some(problem.detail.unwrap_or_default()),
                places: &problem.breaks,
            };
            visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

fn of_api(name: &str) -> String {
    path(&["v1", "event-types", name])
}

fn own(name: &str) -> String {
    path(&["ops", "tenant", "event-types", name])
}
