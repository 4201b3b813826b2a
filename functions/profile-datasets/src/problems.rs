//! Every problem that this function answers with. Listed in docs/http-api.md; the `type` never
//! changes.

use dataset::{DatasetError, InvalidPush, InvalidText, Record};
use lambda_kit::{
    Chain,
    http::{BodyError, Response},
    problem::Problem,
};

use crate::representation;

/// A request that is not granted: a problem, and what stands at the keys that are in its way.
#[derive(Debug)]
pub(crate) struct Refusal {
    problem: Problem,
    conflicts: Vec<Record>,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            conflicts: Vec::new(),
        }
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        if refusal.conflicts.is_empty() {
            refusal.problem.into()
        } else {
            representation::conflict(&refusal.problem, refusal.conflicts)
        }
    }
}

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn media_type() -> Problem {
    Problem::new(415, "media-type", "The body's media type is not supported")
        .detail("Send application/json.")
}

pub(crate) fn body(error: BodyError) -> Problem {
    match error {
        BodyError::TooLarge => Problem::new(413, "body-too-large", "The body is too large")
            .detail("A push has at most 3,145,728 bytes. Push in several parts."),
        BodyError::Undecodable => malformed("The body can't be decoded."),
    }
}

fn malformed(detail: &str) -> Problem {
    Problem::new(400, "malformed-body", "The body can't be read").detail(detail)
}

pub(crate) fn name(error: InvalidText) -> Problem {
    invalid(error).field("name")
}

pub(crate) fn query(error: impl std::error::Error, parameter: &str) -> Problem {
    invalid(error).field(parameter)
}

fn invalid(error: impl std::error::Error) -> Problem {
    Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail(error.to_string())
}

pub(crate) fn push(error: InvalidPush) -> Problem {
    match error.field() {
        Some(field) => invalid(error).field(field),
        None => malformed(
            r#"Send {"device": "…", "changes": [{"key": "…", "value": "…" or null, "version": …}]} and nothing else."#,
        ),
    }
}

pub(crate) fn stale() -> Problem {
    Problem::new(412, "stale-dataset", "The dataset changed in the meantime")
        .detail("Pull what changed, and push again on what you find.")
}

pub(crate) fn dataset(error: DatasetError) -> Refusal {
    let problem = match error {
        DatasetError::Conflicts(conflicts) => {
            let problem = Problem::new(409, "dataset-conflict", "Keys changed in the meantime")
                .detail("Nothing was applied. Decide on each of `conflicts`, and push again with their versions.");
            return Refusal { problem, conflicts };
        }
        DatasetError::Full(limit) => {
            Problem::new(409, "dataset-full", "The dataset has no room for it")
                .detail(format!("Remove keys first: {limit}."))
        }
        DatasetError::TooMany => {
            Problem::new(409, "too-many-datasets", "There are too many datasets")
                .detail("A person has at most 20 datasets. Delete one first.")
        }
        DatasetError::UnknownProfile => {
            Problem::new(404, "no-such-profile", "There is no such profile")
        }
        DatasetError::Stale => stale(),
        DatasetError::Settling => {
            Problem::new(503, "settling", "The profile is being merged or split")
                .detail("Try again in a second.")
                .retry_after(1)
        }
        DatasetError::Service(_) | DatasetError::Contended | DatasetError::Malformed => {
            unavailable(&error)
        }
    };
    problem.into()
}

fn unavailable(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error = %Chain(error), "the request can't be answered now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
