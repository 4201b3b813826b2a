//! How a refused event looks to its sender, and to operators.

use intake::{RejectedItem, RejectedPage, RejectedState, Surface};
use jiff::Timestamp;
use lambda_kit::http::Response;
use serde::Serialize;

use crate::asking::Asking;

/// A refused event, without what came.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RejectedEvent))]
pub(crate) struct Summary<'a> {
    rejected_id: &'a str,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    received_at: Timestamp,
    /// `waiting` or `resubmitted`.
    state: &'static str,
    /// How it came: `events` or `segment`.
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

/// One of them, for its sender with what came unless that was too large.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RejectedEventResponse))]
pub(crate) struct One<'a> {
    rejected: Summary<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<&'a str>,
    /// Instead of raw, if it is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_base64: Option<&'a str>,
}

pub(crate) fn list(page: &RejectedPage) -> Response {
    let body = List {
        rejected: page.rejected.iter().map(rejected).collect(),
        next: page.next.as_deref(),
    };
    Response::json(200, "application/json", &body)
}

pub(crate) fn one(item: &RejectedItem, asking: &Asking) -> Response {
    // What partners tell of people is no operator's to read: nobody decided on that, and no receipt
    // would tell the person.
    let raw = item.raw.as_ref().filter(|_| asking.is_sender);
    let raw_base64 = item.raw_base64.as_ref().filter(|_| asking.is_sender);
    let body = One {
        rejected: rejected(item),
        raw: raw.map(|raw| raw.expose().as_str()),
        raw_base64: raw_base64.map(|raw| raw.expose().as_str()),
    };
    Response::json(200, "application/json", &body)
}

fn rejected(item: &RejectedItem) -> Summary<'_> {
    Summary {
        rejected_id: &item.rejected_id,
        received_at: item.received_at,
        state: match item.state {
            RejectedState::Waiting => "waiting",
            RejectedState::Resubmitted => "resubmitted",
        },
        surface: match item.surface {
            Surface::Events => "events",
            Surface::Segment => "segment",
        },
        problem: Reason {
            r#type: &item.problem.kind,
            detail: item.problem.detail.as_deref(),
            field: item.problem.field.as_deref(),
        },
        event_id: item.event_id.as_deref(),
        bytes: item.bytes,
    }
}
