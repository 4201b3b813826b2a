//! Every problem that this API answers with, beside those of tokens. Listed in docs/http-api.md; the
//! `type` never changes.

use lambda_kit::{Chain, problem::Problem};
use profile::{MergeError, ProfileError};

use crate::contents::ExportError;

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn export(error: &ExportError) -> Problem {
    match error {
        ExportError::Profile(ProfileError::Unknown)
        | ExportError::Trail(MergeError::Profile(ProfileError::Unknown)) => {
            Problem::new(404, "no-such-profile", "There is no such profile")
        }
        ExportError::Profile(ProfileError::Settling)
        | ExportError::Trail(MergeError::Profile(ProfileError::Settling)) => {
            Problem::new(503, "settling", "The profile is being merged or split")
                .detail("Try again in a second.")
                .retry_after(1)
        }
        ExportError::OutOfTime => {
            tracing::error!("there is more of a person than can be exported in one go");
            Problem::new(
                503,
                "export-too-large",
                "There is too much to export at once",
            )
            .detail(
                "Nothing is stored. Try again later: how much can be exported depends on how fast \
                 the tables answer. If it never succeeds, read each for itself: GET /v1/me, \
                 /v1/me/consents, /v1/me/datasets, /v1/me/logins and, page by page, \
                 /v1/me/receipts. Ask whoever runs the service for the rest.",
            )
        }
        error => {
            tracing::error!(error = %Chain(error), "the request can't be answered now");
            Problem::new(503, "unavailable", "This can't be done at the moment")
                .detail("Try again later. What was not finished is nobody's and is removed.")
                .retry_after(5)
        }
    }
}
