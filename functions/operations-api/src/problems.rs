//! Every problem that these routes answer with beside those of the token. Listed in
//! docs/http-api.md; the `type` never changes.

use lambda_kit::{Chain, error::ServiceError, problem::Problem};

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn invalid_over() -> Problem {
    Problem::new(
        400,
        "invalid-parameter",
        "A parameter is missing or has a value that it does not take",
    )
    .detail("Figures are of 1h or of 24h.")
    .field("over")
}

pub(crate) fn unavailable(error: &ServiceError) -> Problem {
    tracing::error!(error = %Chain(error), "the request can't be answered now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
