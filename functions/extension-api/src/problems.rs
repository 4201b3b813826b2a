//! Every problem that these routes answer with beside those of the token. Listed in
//! docs/http-api.md; the `type` never changes.

use std::error::Error;

use extension::registry::Refused;
use lambda_kit::{Chain, http::BodyError, problem::Problem};

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn no_tenant_in_token() -> Problem {
    Problem::new(403, "no-tenant-in-token", "The token names no tenant")
        .detail("Extensions are a tenant's. Sign in by a tenant's own app client.")
}

pub(crate) fn another_tenant() -> Problem {
    Problem::new(403, "another-tenant", "The token names another tenant")
        .detail("Sign in by an app client of the tenant that you name.")
        .field("tenant")
}

pub(crate) fn no_such_extension() -> Problem {
    Problem::new(404, "no-such-extension", "There is no such extension")
        .detail("Push it first, or name another one.")
        .field("extension")
}

pub(crate) fn no_such_version() -> Problem {
    Problem::new(404, "no-such-version", "The extension has no such version")
        .detail("Push it first, or name another one.")
        .field("version")
}

pub(crate) fn no_such_upload() -> Problem {
    Problem::new(404, "no-such-upload", "There is no such upload")
        .detail("Announce it first, by the route for uploads.")
        .field("upload_id")
}

pub(crate) fn refused(refused: Refused) -> Problem {
    let detail = match refused {
        Refused::Removing => "It is being removed. Push it again once it is gone.",
        Refused::NothingReady => {
            "No version of it was ever ready: see what is wrong with the last upload."
        }
        Refused::NotReady => "The version is not ready: see what is wrong with it.",
        Refused::NoPrevious => {
            "There is no version to go back to: activate another one by its name."
        }
    };
    Problem::new(
        409,
        "extension-state",
        "The extension is in a state that does not allow it",
    )
    .detail(detail)
}

pub(crate) fn changed_meanwhile() -> Problem {
    Problem::new(
        409,
        "extension-changing",
        "The extension changes at the moment",
    )
    .detail("Somebody else changes it. Send the same request again.")
    .retry_after(1)
}

pub(crate) fn invalid_parameter(name: &'static str, takes: &str) -> Problem {
    Problem::new(
        400,
        "invalid-parameter",
        "A parameter is missing or has a value that it does not take",
    )
    .detail(takes)
    .field(name)
}

pub(crate) fn invalid_field(field: &'static str, takes: &str) -> Problem {
    Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail(takes)
    .field(field)
}

pub(crate) fn media_type() -> Problem {
    Problem::new(415, "media-type", "The body's media type is not supported")
        .detail("Send application/json.")
}

pub(crate) fn body(error: BodyError) -> Problem {
    match error {
        BodyError::TooLarge => Problem::new(413, "body-too-large", "The body is too large")
            .detail("A body has at most 4,096 bytes: the package itself goes by the link."),
        BodyError::Undecodable => malformed("The body can't be decoded."),
    }
}

pub(crate) fn malformed(detail: &str) -> Problem {
    Problem::new(400, "malformed-body", "The body can't be read").detail(detail)
}

pub(crate) fn unavailable(error: &(dyn Error + 'static)) -> Problem {
    tracing::error!(error = %Chain(error), "the request can't be answered now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
