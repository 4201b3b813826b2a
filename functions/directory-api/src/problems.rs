//! Every problem that these routes answer with beside those of the token. Listed in
//! docs/http-api.md; the `type` never changes.

use lambda_kit::{Chain, http::BodyError, problem::Problem};
use tenancy::{DirectoryError, KeepError};

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn no_tenant_in_token() -> Problem {
    Problem::new(403, "no-tenant-in-token", "The token names no tenant")
        .detail("Definitions are a tenant's. Sign in by a tenant's own app client.")
}

pub(crate) fn another_tenant() -> Problem {
    Problem::new(403, "another-tenant", "The token names another tenant")
        .detail("Sign in by an app client of the tenant that you name.")
        .field("tenant")
}

pub(crate) fn no_such_definition(field: &'static str) -> Problem {
    not_defined().field(field)
}

/// The same where there is but one, and so nothing that names it.
pub(crate) fn not_defined() -> Problem {
    Problem::new(404, "no-such-definition", "There is no such definition")
        .detail("Define it first, or name another one.")
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
    beyond_limits(takes).field(field)
}

pub(crate) fn beyond_limits(takes: &str) -> Problem {
    Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail(takes)
}

pub(crate) fn unknown_purpose(field: &'static str) -> Problem {
    Problem::new(400, "unknown-purpose", "The tenant has no such purpose")
        .detail("Define purposes before what names them.")
        .field(field)
}

pub(crate) fn write_key_revoked() -> Problem {
    Problem::new(409, "write-key-revoked", "The write key was revoked again")
        .detail("Ask for another one under another idempotency key.")
}

pub(crate) fn version_needed() -> Problem {
    Problem::new(428, "version-needed", "The version to change is needed").detail(
        "Send the ETag of what you saw as If-Match, or If-None-Match: * to define something new.",
    )
}

pub(crate) fn stale() -> Problem {
    Problem::new(412, "stale-version", "It is not as you saw it any more")
        .detail("Read it again, and repeat the change on what you find.")
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

pub(crate) fn malformed(detail: &str) -> Problem {
    Problem::new(400, "malformed-body", "The body can't be read").detail(detail)
}

pub(crate) fn keeping(error: &KeepError) -> Problem {
    match error {
        KeepError::Stale => stale(),
        KeepError::Fixed(fixed) => Problem::new(
            409,
            "fixed-once-defined",
            "What is fixed once it is defined can't be changed",
        )
        .detail(fixed.remedy())
        .field(fixed.field()),
        KeepError::TooMany => Problem::new(
            409,
            "too-many-purposes",
            "The tenant has as many purposes as it may have",
        )
        .detail("A tenant has at most 256 purposes, and none of them can be removed."),
        KeepError::ClientTaken => Problem::new(
            409,
            "app-client-taken",
            "An app client belongs to somebody else",
        )
        .detail("Take it away from the other tenant first; a partner's is no tenant's.")
        .field("app_clients"),
        KeepError::Directory(error) => directory(error),
    }
}

pub(crate) fn directory(error: &DirectoryError) -> Problem {
    tracing::error!(error = %Chain(error), "the request can't be answered now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
