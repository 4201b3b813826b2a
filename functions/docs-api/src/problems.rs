//! The problems that this function answers with beside those of tokens. Listed in docs/http-api.md; the
//! `type` never changes.

use lambda_kit::problem::Problem;

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
