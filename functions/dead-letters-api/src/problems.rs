//! Every problem that these routes answer with beside those of the token. Listed in
//! docs/http-api.md; the `type` never changes.

use lambda_kit::{Chain, error::ServiceError, http::BodyError, problem::Problem};

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn no_such_queue() -> Problem {
    Problem::new(
        404,
        "no-such-dead-letter-queue",
        "There is no such dead-letter queue",
    )
    .detail("Name one that GET /v1/dead-letters lists.")
    .field("queue")
}

pub(crate) fn all_or_some() -> Problem {
    Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail("Send either `all` as true, or 1 to 100 ids of messages.")
    .field("messages")
}

pub(crate) fn media_type() -> Problem {
    Problem::new(415, "media-type", "The body's media type is not supported")
        .detail("Send application/json.")
}

pub(crate) fn body(error: BodyError) -> Problem {
    match error {
        BodyError::TooLarge => Problem::new(413, "body-too-large", "The body is too large")
            .detail("A body has at most 16,384 bytes."),
        BodyError::Undecodable => malformed(),
    }
}

pub(crate) fn malformed() -> Problem {
    Problem::new(400, "malformed-body", "The body can't be read")
        .detail(r#"Send {"messages": ["…", …]} or {"all": true} and nothing else."#)
}

/// What was moved before is moved; the rest lies where it was.
pub(crate) fn unavailable(error: &ServiceError) -> Problem {
    tracing::error!(error = %Chain(error), "the request can't be answered now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Send it again later, under the same idempotency key.")
        .retry_after(5)
}
