//! Every problem that these routes answer with beside those of the token. Listed in
//! docs/http-api.md; the `type` never changes.

use lambda_kit::{Chain, http::BodyError, problem::Problem};
use profile::{MergeError, ProfileError};

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn same_profile() -> Problem {
    invalid("Name two different profiles.").field("profiles")
}

pub(crate) fn no_profile_id() -> Problem {
    invalid("A profile id is prf_ followed by 32 hexadecimal digits.").field("profile_id")
}

pub(crate) fn no_place() -> Problem {
    Problem::new(
        400,
        "invalid-parameter",
        "A parameter is missing or has a value that it does not take",
    )
    .detail("Send `next` of the page before as it is.")
    .field("cursor")
}

fn invalid(detail: &'static str) -> Problem {
    Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail(detail)
}

pub(crate) fn media_type() -> Problem {
    Problem::new(415, "media-type", "The body's media type is not supported")
        .detail("Send application/json.")
}

pub(crate) fn body(error: BodyError) -> Problem {
    match error {
        BodyError::TooLarge => Problem::new(413, "body-too-large", "The body is too large")
            .detail("A body has at most 4,096 bytes."),
        BodyError::Undecodable => malformed("The body can't be decoded."),
    }
}

pub(crate) fn malformed(detail: &str) -> Problem {
    Problem::new(400, "malformed-body", "The body can't be read").detail(detail)
}

pub(crate) fn merge(error: &MergeError) -> Problem {
    match error {
        MergeError::NoSuchMerge => {
            Problem::new(404, "no-such-merge", "The person was never merged by that")
                .detail("GET /v1/profiles/{profile_id}/merges lists the person's merges.")
        }
        MergeError::Refused(refusal) => {
            Problem::new(409, "merge-refused", "The two must not become one")
                .detail(format!("It is refused because {refusal}."))
        }
        MergeError::Profile(error) => profile(error),
    }
}

fn profile(error: &ProfileError) -> Problem {
    match error {
        ProfileError::Unknown => Problem::new(404, "no-such-profile", "There is no such profile"),
        ProfileError::Settling => {
            Problem::new(503, "settling", "The profile is being merged or split")
                .detail("Try again in a second.")
                .retry_after(1)
        }
        ProfileError::Service(_)
        | ProfileError::Stale
        | ProfileError::Contended
        | ProfileError::Malformed => {
            tracing::error!(error = %Chain(error), "the request can't be answered now");
            Problem::new(503, "unavailable", "This can't be done at the moment")
                .detail("Try again later.")
                .retry_after(5)
        }
    }
}
