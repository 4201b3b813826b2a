//! What is stuck, and having it processed again.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect},
};
use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::{
    api::{Answer, Sent, path},
    config::Portal,
    failure::Answered,
    form::Form,
    visit::Visit,
};

/// `GET /v1/dead-letters`.
#[derive(Deserialize)]
struct QueuesResponse {
    queues: Vec<QueueResponse>,
}

#[derive(Deserialize)]
struct QueueResponse {
    queue: String,
    purpose: String,
    function: String,
    filled_by: String,
    approximate_count: u64,
    #[serde(default)]
    oldest_at: Option<Timestamp>,
}

/// `GET /v1/dead-letters/{queue}`.
#[derive(Deserialize)]
struct MessagesResponse {
    queue: String,
    approximate_count: u64,
    messages: Vec<MessageResponse>,
    #[serde(default)]
    more: bool,
}

#[derive(Deserialize)]
struct MessageResponse {
    message_id: String,
    #[serde(default)]
    function: Option<String>,
    cause: String,
    #[serde(default)]
    detail: Option<String>,
    #[serde(default)]
    sent_at: Option<Timestamp>,
    way_back: String,
    #[serde(default)]
    event_type: Option<String>,
    #[serde(default)]
    tenant: Option<String>,
    #[serde(default)]
    correlation_id: Option<String>,
}

/// `POST /v1/dead-letters/{queue}/redrive`.
#[derive(Deserialize)]
struct RedrivenResponse {
    messages: Vec<OutcomeResponse>,
    #[serde(default)]
    more: bool,
}

#[derive(Deserialize)]
struct OutcomeResponse {
    message_id: String,
    outcome: String,
}

#[derive(Template)]
#[template(path = "ops/dead-letters.html")]
struct List<'a> {
    v: &'a Visit,
    /// Those in which something lies come first.
    queues: Vec<QueueResponse>,
    stuck: u64,
}

#[derive(Template)]
#[template(path = "ops/queue.html")]
struct One<'a> {
    v: &'a Visit,
    queue: MessagesResponse,
}

#[derive(Template)]
#[template(path = "ops/redriven.html")]
struct Redriven<'a> {
    v: &'a Visit,
    queue: &'a str,
    answer: RedrivenResponse,
}

pub(crate) async fn show(State(portal): State<Arc<Portal>>, visit: Visit) -> Answered {
    let api = visit.operators_api(&portal)?;
    let answer: Answer<QueuesResponse> = api.get("/v1/dead-letters").await?;
    let mut queues = answer.body.queues;
    queues.sort_by_key(|queue| queue.approximate_count == 0);
    visit.page(&List {
        v: &visit,
        stuck: queues.iter().map(|queue| queue.approximate_count).sum(),
        queues,
    })
}

pub(crate) async fn queue(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(queue): Path<String>,
) -> Answered {
    let api = visit.operators_api(&portal)?;
    let answer: Answer<MessagesResponse> = api.get(&path(&["v1", "dead-letters", &queue])).await?;
    visit.page(&One {
        v: &visit,
        queue: answer.body,
    })
}

pub(crate) async fn redrive(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(queue): Path<String>,
    Form(form): Form,
) -> Answered {
    let chosen: Vec<&str> = form.all("message").collect();
    let body = match (form.get("which"), chosen.as_slice()) {
        ("all", _) => json!({ "all": true }),
        (_, []) => {
            let own = path(&["ops", "flows", &queue]);
            return Ok(Redirect::to(&own).into_response());
        }
        (_, chosen) => json!({ "messages": chosen }),
    };
    let sent = Sent {
        body: Some(body.to_string()),
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let of_api = path(&["v1", "dead-letters", &queue, "redrive"]);
    let api = visit.operators_api(&portal)?;
    let answer: Answer<RedrivenResponse> = api.send(Method::POST, &of_api, sent).await?;
    visit.page(&Redriven {
        v: &visit,
        queue: &queue,
        answer: answer.body,
    })
}
