//! Every problem that these routes answer with beside those of the token. Listed in
//! docs/http-api.md; the `type` never changes.

use std::error::Error;

use erasure::ErasureError;
use lambda_kit::{Chain, http::BodyError, problem::Problem};

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn no_such_erasure() -> Problem {
    Problem::new(404, "no-such-erasure", "There is no such erasure")
}

pub(crate) fn no_profile_id() -> Problem {
    Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail("A profile id is prf_ followed by 32 hexadecimal digits.")
    .field("profile_id")
}

pub(crate) fn media_type() -> Problem {
    Problem::new(415, "media-type", "The body's media type is not supported")
        .detail("Send application/json.")
}

pub(crate) fn body(error: BodyError) -> Problem {
    match error {
        BodyError::TooLarge => Problem::new(413, "body-too-large", "The body is too large")
            .detail("A body has at most 1,024 bytes."),
        BodyError::Undecodable => malformed("The body can't be decoded."),
    }
}

pub(crate) fn no_case() -> Problem {
    malformed(
        r#"Send {"case": "…"} and nothing else: by what you call the case, up to 64 letters, digits and . _ - / # :"#,
    )
}

fn malformed(detail: &str) -> Problem {
    Problem::new(400, "malformed-body", "The body can't be read").detail(detail)
}

pub(crate) fn too_late() -> Problem {
    Problem::new(
        409,
        "erasure-under-way",
        "The erasure can't be taken back any more",
    )
    .detail("Part of the data is gone already. GET /v1/me/erasure tells how far it is.")
}

pub(crate) fn erasure(error: &ErasureError) -> Problem {
    match error {
        ErasureError::Unknown => no_such_erasure(),
        ErasureError::UnknownProfile => {
            Problem::new(404, "no-such-profile", "There is no such profile")
        }
        ErasureError::Settling => {
            Problem::new(503, "settling", "The profile is being merged or split")
                .detail("Try again in a second.")
                .retry_after(1)
        }
        ErasureError::Service(_)
        | ErasureError::Contended
        | ErasureError::OutOfTurn
        | ErasureError::NoOrder
        | ErasureError::Malformed => unavailable(error),
    }
}

fn unavailable(error: &(dyn Error + 'static)) -> Problem {
    tracing::error!(error = %Chain(error), "the request can't be answered now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
