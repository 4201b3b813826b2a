//! What a sender is told of its events.

use lambda_kit::{http::Response, problem::Problem};
use serde::Serialize;

use crate::problems;

/// What became of one event.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = EventOutcome))]
pub struct Told {
    /// Which of the request's events it is, counted from 0.
    index: usize,
    /// Its id, if it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    status: Status,
    /// Why it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Problem>))]
    problem: Option<Problem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = EventStatus))]
#[serde(rename_all = "snake_case")]
enum Status {
    /// It is kept.
    Accepted,
    /// It was kept before.
    Duplicate,
    /// It is not kept.
    Refused,
}

/// What became of each event.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = EventsResponse))]
pub struct ToldOfAll {
    events: Vec<Told>,
}

/// Why no event of a batch was taken.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = EventsRefused))]
pub struct NoneTaken {
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Problem))]
    #[serde(flatten)]
    problem: Problem,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<Told>,
}

impl Told {
    pub(crate) const fn accepted(index: usize, id: Option<String>) -> Self {
        Self::as_status(index, id, Status::Accepted)
    }

    pub(crate) const fn duplicate(index: usize, id: Option<String>) -> Self {
        Self::as_status(index, id, Status::Duplicate)
    }

    pub(crate) const fn refused(index: usize, id: Option<String>, problem: Problem) -> Self {
        Self {
            index,
            id,
            status: Status::Refused,
            problem: Some(problem),
        }
    }

    const fn as_status(index: usize, id: Option<String>, status: Status) -> Self {
        Self {
            index,
            id,
            status,
            problem: None,
        }
    }

    /// Why it is refused; `None` if it is kept.
    #[must_use]
    pub const fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }
}

/// The answer that tells all of it: 202 as soon as one event is kept. One event that is refused is
/// answered by its problem; so is a batch of which none is kept, with that of each.
#[must_use]
pub fn response(mut told: Vec<Told>, are_batch: bool) -> Response {
    let Some(problem) = why_none_is_kept(&told) else {
        return Response::json(202, "application/json", &ToldOfAll { events: told });
    };
    if !are_batch && let Some(problem) = told.pop().and_then(|only| only.problem) {
        return problem.into();
    }
    let head = Response::from(problem.clone());
    let events = told;
    Response {
        body: serde_json::to_string(&NoneTaken { problem, events }).ok(),
        ..head
    }
}

/// The problem of a batch of which none is kept; `None` if one is, or there is nothing in it.
pub(crate) fn why_none_is_kept(told: &[Told]) -> Option<Problem> {
    if told.is_empty() || told.iter().any(|each| each.status != Status::Refused) {
        return None;
    }
    let are_all_taken = told.iter().all(|each| {
        each.problem
            .as_ref()
            .is_some_and(|problem| problem.status == 409)
    });
    Some(if are_all_taken {
        problems::id_taken()
    } else {
        problems::all_refused()
    })
}
