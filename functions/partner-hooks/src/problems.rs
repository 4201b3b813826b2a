//! The problem that is this route's alone. Listed in docs/http-api.md; the `type` never changes.

use lambda_kit::problem::Problem;

/// The message is not signed with a secret of the hook, or there is no such hook.
pub(crate) fn signature() -> Problem {
    Problem::new(401, "signature-invalid", "The signature is none of this hook's")
        .detail("Sign the body as it is sent, as Standard Webhooks 1.0.0 has it, and send webhook-id, webhook-timestamp and webhook-signature.")
}
