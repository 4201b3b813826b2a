//! The problems that concern a key. Listed in docs/http-api.md; the `type` never changes.

use std::error::Error;

use super::InvalidKey;
use crate::{Chain, problem::Problem};

impl From<InvalidKey> for Problem {
    fn from(error: InvalidKey) -> Self {
        Problem::new(
            400,
            "invalid-idempotency-key",
            "The idempotency key is none",
        )
        .detail(format!("{error}."))
        .field("Idempotency-Key")
    }
}

/// The first one's lease runs for `left` milliseconds.
pub(super) fn under_way(left: i64) -> Problem {
    let seconds = u64::try_from(left).unwrap_or_default().div_ceil(1000);
    Problem::new(409, "request-under-way", "The request is being answered")
        .detail("Send it again after the seconds of Retry-After, with the same key.")
        .retry_after(u32::try_from(seconds).unwrap_or(u32::MAX).max(1))
}

pub(super) fn another_request() -> Problem {
    Problem::new(
        422,
        "idempotency-key-reused",
        "The idempotency key belongs to another request",
    )
    .detail(
        "Take a new key for each request, and the same one only to send the same request again.",
    )
    .field("Idempotency-Key")
}

/// Logs what keeps the key from being used, and leaves it there: a caller who sends a key wants no
/// answer without it.
pub(super) fn unavailable(error: &(dyn Error + 'static)) -> Problem {
    tracing::error!(error = %Chain(error), "an idempotency key can't be used now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
