//! The problems that partners are answered with. Listed in docs/http-api.md; the `type` never changes.

use std::error::Error;

use lambda_kit::{Chain, http::BodyError, problem::Problem};

/// The request is to no route that there is.
#[must_use]
pub fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
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
            .detail("A body has at most 16,384 bytes."),
        BodyError::Undecodable => malformed("The body can't be decoded."),
    }
}

/// A field can't be what it says; `detail` tells what it takes.
#[must_use]
pub fn invalid(field: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail(detail)
    .field(field)
}

/// What is sent as the place of a page is none.
#[must_use]
pub fn no_place() -> Problem {
    Problem::new(
        400,
        "invalid-parameter",
        "A parameter has a value that it does not take",
    )
    .detail("Send next as it came with the page before.")
    .field("cursor")
}

/// The partner has no such subscription.
#[must_use]
pub fn no_such_subscription() -> Problem {
    Problem::new(404, "no-such-subscription", "There is no such subscription")
}

/// The subscription has no such delivery.
#[must_use]
pub fn no_such_delivery() -> Problem {
    Problem::new(404, "no-such-delivery", "There is no such delivery")
        .detail("There never was, or it has been over for more than 30 days.")
}

/// The subscription is disabled.
#[must_use]
pub fn disabled() -> Problem {
    Problem::new(
        409,
        "subscription-disabled",
        "The subscription is disabled, and is sent nothing",
    )
    .detail("Put it active, and try again.")
}

/// The partner has as many as it may have.
#[must_use]
pub fn too_many() -> Problem {
    Problem::new(
        409,
        "too-many-subscriptions",
        "There are as many subscriptions as there may be",
    )
    .detail("Remove one, or put more types into one.")
}

/// Logs what keeps the request from being answered, and leaves it there.
#[must_use]
pub fn unavailable(error: &(dyn Error + 'static)) -> Problem {
    tracing::error!(error = %Chain(error), "subscriptions can't be read or changed now");
    busy()
}

/// Others are writing the same, or there is no randomness.
#[must_use]
pub fn busy() -> Problem {
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
