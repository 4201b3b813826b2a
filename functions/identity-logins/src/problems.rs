//! Every problem that this API answers with, beside those of tokens. Listed in docs/http-api.md; the
//! `type` never changes.

use lambda_kit::{Chain, error::ServiceError, problem::Problem};
use profile::ProfileError;

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn no_login() -> Problem {
    Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail("A login is named as GET /v1/me/logins names it.")
    .field("login")
}

pub(crate) fn stays() -> Problem {
    Problem::new(409, "login-stays", "The login can't be taken off")
        .detail("Nothing: it is the only way in to what it leads to. Only what is `removable` can be taken off.")
}

pub(crate) fn profile(error: &ProfileError) -> Problem {
    match error {
        ProfileError::Unknown => Problem::new(404, "no-such-profile", "There is no such profile"),
        ProfileError::Settling => Problem::new(
            503,
            "settling",
            "Two profiles are being made one, or one two",
        )
        .detail("Try again in a second.")
        .retry_after(1),
        error => unavailable(error),
    }
}

pub(crate) fn pool(error: &ServiceError) -> Problem {
    unavailable(error)
}

fn unavailable(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error = %Chain(error), "the request can't be answered now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later. Taking off was done whole or not at all.")
        .retry_after(5)
}
