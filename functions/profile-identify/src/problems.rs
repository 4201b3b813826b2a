//! Every problem that this route answers with. Listed in docs/http-api.md; the `type` never changes.

use std::error::Error;

use lambda_kit::{Chain, http::BodyError, problem::Problem};
use profile::{PatchError, ProfileError};

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn no_such_profile() -> Problem {
    Problem::new(404, "no-such-profile", "There is no such profile")
}

pub(crate) fn media_type() -> Problem {
    Problem::new(415, "media-type", "The body's media type is not supported")
        .detail("Send application/json.")
}

pub(crate) fn body(error: BodyError) -> Problem {
    match error {
        BodyError::TooLarge => Problem::new(413, "body-too-large", "The body is too large")
            .detail("A body has at most 65,536 bytes."),
        BodyError::Undecodable => malformed(),
    }
}

pub(crate) fn malformed() -> Problem {
    Problem::new(400, "malformed-body", "The body can't be read").detail(
        "Send a JSON object in UTF-8 with the texts anonymous_id, external_id, email and phone_number, the object traits, the list segments, and nothing else.",
    )
}

pub(crate) fn invalid(field: &str, detail: impl Into<String>) -> Problem {
    Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail(detail)
    .field(field)
}

pub(crate) fn traits(error: &PatchError) -> Problem {
    match error.field() {
        Some(field) => invalid(&format!("traits.{field}"), error.to_string()),
        None => malformed(),
    }
}

pub(crate) fn profile(error: &ProfileError) -> Problem {
    match error {
        ProfileError::Unknown => no_such_profile(),
        ProfileError::Settling => {
            Problem::new(503, "settling", "The profile is being merged or split")
                .detail("Try again in a second.")
                .retry_after(1)
        }
        ProfileError::Service(_)
        | ProfileError::Contended
        | ProfileError::Stale
        | ProfileError::Malformed => unavailable(error),
    }
}

fn unavailable(error: &(dyn Error + 'static)) -> Problem {
    tracing::error!(error = %Chain(error), "the request can't be answered now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
