//! The problems that partners are answered with. Listed in docs/http-api.md; the `type` never changes.

use std::error::Error;

use lambda_kit::{Chain, http::BodyError, problem::Problem};

/// The request is to no route that there is.
#[must_use]
pub fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

/// `Fairlead-Purpose` is missing.
#[must_use]
pub fn purpose_needed() -> Problem {
    Problem::new(400, "purpose-needed", "A read names its purpose")
        .detail("Send the name of one of your agreement's purposes as Fairlead-Purpose.")
}

/// The tenant defined no such purpose.
#[must_use]
pub fn unknown_purpose() -> Problem {
    Problem::new(400, "unknown-purpose", "The tenant has no such purpose")
        .detail("Send the name of one of your agreement's purposes as Fairlead-Purpose.")
        .field("Fairlead-Purpose")
}

/// A field, header or parameter can't be what it says; `detail` tells what it takes.
#[must_use]
pub fn invalid(detail: &'static str) -> Problem {
    Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail(detail)
}

/// A parameter is none of what it takes.
#[must_use]
pub fn parameter(field: &str, detail: &'static str) -> Problem {
    Problem::new(
        400,
        "invalid-parameter",
        "A parameter has a value that it does not take",
    )
    .detail(detail)
    .field(field)
}

/// Whom the purpose lets a partner see is not a matter of who agreed to it.
#[must_use]
pub fn unlistable_purpose() -> Problem {
    Problem::new(
        400,
        "unlistable-purpose",
        "There is no list of people for this purpose",
    )
    .detail(
        "Only who consented to a purpose can be listed. Ask for people by what you know of them.",
    )
    .field("Fairlead-Purpose")
}

/// The place is so old that what was left since may be forgotten.
#[must_use]
pub fn cursor_expired() -> Problem {
    Problem::new(410, "cursor-expired", "The place is older than 30 days")
        .detail("Begin anew: GET /v1/changes without since, then all of GET /v1/profiles; forget whom that does not have.")
        .field("since")
}

/// The body is not of the agreed shape.
#[must_use]
pub fn malformed(detail: &'static str) -> Problem {
    Problem::new(400, "malformed-body", "The body can't be read").detail(detail)
}

/// The body is no JSON.
#[must_use]
pub fn media_type() -> Problem {
    Problem::new(415, "media-type", "The body's media type is not supported")
        .detail("Send application/json.")
}

/// The body was not even looked at.
#[must_use]
pub fn body(error: BodyError) -> Problem {
    match error {
        BodyError::TooLarge => Problem::new(413, "body-too-large", "The body is too large")
            .detail("A body has at most 65,536 bytes."),
        BodyError::Undecodable => malformed("The body can't be decoded."),
    }
}

/// There is nobody whom this partner may know of.
#[must_use]
pub fn no_such_person() -> Problem {
    Problem::new(404, "no-such-person", "There is nobody to show").detail(
        "There is no such person, or nobody who deals with this tenant or ever decided on this purpose.",
    )
}

/// Nothing may be read.
#[must_use]
pub fn not_permitted() -> Problem {
    Problem::new(403, "not-permitted", "Nothing of this may be read").detail(
        "The reason says why; docs/http-api.md lists the reasons and what to do about each.",
    )
}

/// An operator asks whose tenant nobody knows.
#[must_use]
pub fn no_tenant_in_token() -> Problem {
    Problem::new(403, "no-tenant-in-token", "The token names no tenant")
        .detail("Operators look people up for their tenant. Sign in by a tenant's own app client.")
}

/// The record is locked for a moment.
#[must_use]
pub fn settling() -> Problem {
    Problem::new(503, "settling", "The profile is being merged or split")
        .detail("Try again in a second.")
        .retry_after(1)
}

/// Logs what keeps the request from being answered, and leaves it there.
#[must_use]
pub fn unavailable(error: &(dyn Error + 'static)) -> Problem {
    tracing::error!(error = %Chain(error), "the request can't be answered now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
