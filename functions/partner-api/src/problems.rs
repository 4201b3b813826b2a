//! Every problem that this API answers with. Listed in docs/http-api.md; the `type` never changes.

use std::error::Error;

use lambda_kit::{Chain, http::BodyError, problem::Problem};

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn purpose_needed() -> Problem {
    Problem::new(400, "purpose-needed", "A read names its purpose")
        .detail("Send the name of one of your agreement's purposes as Fairlead-Purpose.")
}

pub(crate) fn unknown_purpose() -> Problem {
    Problem::new(400, "unknown-purpose", "The tenant has no such purpose")
        .detail("Send the name of one of your agreement's purposes as Fairlead-Purpose.")
        .field("Fairlead-Purpose")
}

pub(crate) fn invalid(detail: &'static str) -> Problem {
    Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail(detail)
}

pub(crate) fn malformed(detail: &'static str) -> Problem {
    Problem::new(400, "malformed-body", "The body can't be read").detail(detail)
}

pub(crate) fn media_type() -> Problem {
    Problem::new(415, "media-type", "The body's media type is not supported")
        .detail("Send application/json.")
}

pub(crate) fn body(error: BodyError) -> Problem {
    match error {
        BodyError::TooLarge => Problem::new(413, "body-too-large", "The body is too large")
            .detail("A body has at most 65,536 bytes."),
        BodyError::Undecodable => malformed("The body can't be decoded."),
    }
}

pub(crate) fn no_such_person() -> Problem {
    Problem::new(404, "no-such-person", "There is nobody to show").detail(
        "There is no such person, or nobody who ever decided on this purpose with this tenant.",
    )
}

pub(crate) fn not_permitted() -> Problem {
    Problem::new(403, "not-permitted", "Nothing of this may be read").detail(
        "The reason says why; docs/http-api.md lists the reasons and what to do about each.",
    )
}

pub(crate) fn settling() -> Problem {
    Problem::new(503, "settling", "The profile is being merged or split")
        .detail("Try again in a second.")
        .retry_after(1)
}

/// Logs what keeps the request from being answered, and leaves it there.
pub(crate) fn unavailable(error: &(dyn Error + 'static)) -> Problem {
    tracing::error!(error = %Chain(error), "the request can't be answered now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
