//! Every problem that this API answers with, beside those of tokens. Listed in docs/http-api.md; the
//! `type` never changes.

use access::ReceiptError;
use lambda_kit::{Chain, problem::Problem};
use profile::{MergeError, ProfileError};
use tenancy::DirectoryError;

pub(crate) fn no_such_route() -> Problem {
    Problem::new(404, "no-such-route", "There is no such route")
}

pub(crate) fn no_tenant_in_token() -> Problem {
    Problem::new(403, "no-tenant-in-token", "The token names no tenant")
        .detail("Receipts are a tenant's. Sign in by a tenant's own app client.")
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

pub(crate) fn person(error: &MergeError) -> Problem {
    match error {
        MergeError::Profile(ProfileError::Unknown) => {
            Problem::new(404, "no-such-profile", "There is no such profile")
        }
        error => unavailable(error),
    }
}

pub(crate) fn receipts(error: &ReceiptError) -> Problem {
    unavailable(error)
}

pub(crate) fn directory(error: &DirectoryError) -> Problem {
    unavailable(error)
}

fn unavailable(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error = %Chain(error), "the request can't be answered now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
