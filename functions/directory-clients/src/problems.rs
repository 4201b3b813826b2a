//! Every problem that these routes answer with beside those of the token. Listed in
//! docs/http-api.md; the `type` never changes.

use lambda_kit::{Chain, error::ServiceError, http::BodyError, problem::Problem};
use tenancy::DirectoryError;

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn no_tenant_in_token() -> Problem {
    Problem::new(403, "no-tenant-in-token", "The token names no tenant")
        .detail("App clients are a tenant's. Sign in by a tenant's own app client.")
}

pub(crate) fn another_tenant() -> Problem {
    Problem::new(403, "another-tenant", "The token names another tenant")
        .detail("Sign in by an app client of the tenant that you name.")
        .field("tenant")
}

pub(crate) fn no_such_definition(field: &'static str) -> Problem {
    Problem::new(404, "no-such-definition", "There is no such definition")
        .detail("Define it first, or name another one. An agreement is one of the partner's own.")
        .field(field)
}

pub(crate) fn being_made() -> Problem {
    Problem::new(409, "client-being-made", "The app client is being made")
        .detail("Whoever makes it has a minute for it. Remove it after the seconds of Retry-After.")
        .retry_after(60)
}

pub(crate) fn client_deleted() -> Problem {
    Problem::new(409, "client-deleted", "The app client was removed again")
        .detail("Ask for another one under another idempotency key.")
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

pub(crate) fn no_scope() -> Problem {
    Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail("Name at least one scope.")
    .field("scopes")
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

pub(crate) fn directory(error: &DirectoryError) -> Problem {
    unavailable(error)
}

pub(crate) fn pool(error: &ServiceError) -> Problem {
    unavailable(error)
}

/// An id of Cognito's that no token could bear.
pub(crate) fn unreadable_id() -> Problem {
    unavailable(&DirectoryError::Malformed)
}

fn unavailable(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error = %Chain(error), "the request can't be answered now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Send it again later, under the same idempotency key.")
        .retry_after(5)
}
