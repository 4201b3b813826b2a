//! The problems that this function answers with beside those of tokens. Listed in docs/http-api.md; the
//! `type` never changes.

use lambda_kit::{Chain, problem::Problem};
use tenancy::DirectoryError;

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn method_not_allowed() -> Problem {
    Problem::new(
        405,
        "method-not-allowed",
        "The path has no route with this method",
    )
    .detail("Allow names the methods that it has.")
}

pub(crate) fn unavailable(error: &DirectoryError) -> Problem {
    tracing::error!(error = %Chain(error), "the types of events can't be shown now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
