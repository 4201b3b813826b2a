//! How a refused event looks to its sender, and to operators.

use std::collections::BTreeMap;

use intake::{RejectedItem, RejectedPage};
use jiff::Timestamp;
use lambda_kit::{http::Response, redact::Redacted};
use serde::Serialize;

/// A refused event, without what came.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RejectedEvent))]
pub(crate) struct Summary<'a> {
    rejected_id: &'a str,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    received_at: Timestamp,
    /// `waiting`, `resubmitted`, or `unreadable` of a whole request.
    state: &'static str,
    /// How it came: `events`, `segment` or `uploads`.
    surface: &'static str,
    problem: Reason<'a>,
    /// The event's id, if it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<&'a str>,
    /// How large it was.
    bytes: u64,
}

/// What is wrong with it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RejectedReason))]
struct Reason<'a> {
    r#type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

/// Some of them.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RejectedEventsResponse))]
pub(crate) struct List<'a> {
    rejected: Vec<Summary<'a>>,
    /// Where the next page begins, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

/// One of them, for its sender with what came.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RejectedEventResponse))]
pub(crate) struct One<'a> {
    rejected: Summary<'a>,
    /// Of an event in binary mode, the headers that it is made of; of a whole request, those that say
    /// what it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<BTreeMap<String, String>>))]
    headers: Option<&'a BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<&'a str>,
    /// Instead of raw, if it is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_base64: Option<&'a str>,
    /// Instead of both, if it has more than 256 KiB: where it is fetched within five minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(format = "uri"))]
    raw_url: Option<String>,
}

pub(crate) fn list(page: &RejectedPage) -> Response {
    let body = List {
        rejected: page.rejected.iter().map(rejected).collect(),
        next: page.next.as_deref(),
    };
    Response::json(200, "application/json", &body)
}

/// For an operator.
pub(crate) fn summary(item: &RejectedItem) -> Response {
    let body = One {
        rejected: rejected(item),
        headers: None,
        raw: None,
        raw_base64: None,
        raw_url: None,
    };
    Response::json(200, "application/json", &body)
}

/// For its sender.
pub(crate) fn one(item: &RejectedItem, link: Option<String>) -> Response {
    let body = One {
        rejected: rejected(item),
        headers: item.headers.as_ref().map(Redacted::expose),
        raw: item.raw.as_ref().map(|raw| raw.expose().as_str()),
        raw_base64: item.raw_base64.as_ref().map(|raw| raw.expose().as_str()),
        raw_url: link,
    };
    Response::json(200, "application/json", &body)
}

fn rejected(item: &RejectedItem) -> Summary<'_> {
    Summary {
        rejected_id: &item.rejected_id,
        received_at: item.received_at,
        state: item.state.as_str(),
        surface: item.surface.as_str(),
        problem: Reason {
            r#type: &item.problem.kind,
            detail: item.problem.detail.as_deref(),
            field: item.problem.field.as_deref(),
        },
        event_id: item.event_id.as_deref(),
        bytes: item.bytes,
    }
}
