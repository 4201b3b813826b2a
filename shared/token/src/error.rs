//! Why a token opens nothing.

use lambda_kit::{Chain, error::ServiceError, problem::Problem};
use tenancy::DirectoryError;

/// Why there is no principal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The request has no token.
    #[error("the request has no token")]
    Missing,
    /// The token is not valid.
    #[error("the token is not valid: {0}")]
    Invalid(Cause),
    /// The keys with which it would be checked can't be read, and none were read before.
    #[error("the keys of the user pool can't be read")]
    NoKeys(#[source] ServiceError),
    /// The directory can't be read, in which its app client would be looked for.
    #[error("the app client can't be looked for")]
    NoDirectory(#[source] DirectoryError),
}

/// What is wrong with a token: for the log. Whoever sent it is told that it is not valid and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Cause {
    /// The `Authorization` header is none of the scheme `Bearer`.
    #[error("not-bearer")]
    NotBearer,
    /// It is longer than any token of the user pool.
    #[error("too-long")]
    TooLong,
    /// It is no JWS in compact form.
    #[error("not-compact")]
    NotCompact,
    /// Its header is no JSON object that says each thing once.
    #[error("unreadable-header")]
    UnreadableHeader,
    /// It is signed in another way than with `RS256`, or not at all.
    #[error("algorithm")]
    Algorithm,
    /// Its header brings a key of its own, or asks for a processing that no token of the user pool
    /// needs.
    #[error("header-member")]
    HeaderMember,
    /// Its `typ` is not that of an access token.
    #[error("type")]
    Type,
    /// Its `kid` is missing, or none that the user pool could have given.
    #[error("key-id")]
    KeyId,
    /// The user pool has no such key.
    #[error("unknown-key")]
    UnknownKey,
    /// The key did not sign this.
    #[error("signature")]
    Signature,
    /// Its claims are no JSON object that says each thing once.
    #[error("unreadable-claims")]
    UnreadableClaims,
    /// Another issuer.
    #[error("issuer")]
    Issuer,
    /// It is not of the sign-in that it came with.
    #[error("nonce")]
    Nonce,
    /// Another use than `access`, or than `id` where somebody signed in.
    #[error("use")]
    Use,
    /// It is over.
    #[error("expired")]
    Expired,
    /// A time is missing, lies ahead or can't be.
    #[error("time")]
    Time,
    /// No app client, or none that the user pool could have given.
    #[error("client")]
    Client,
    /// A person or an operator came by an app client that is neither the deployment's own nor, as the
    /// directory has it, the one of their tenant.
    #[error("unknown-client")]
    UnknownClient,
    /// The directory does not say, or no longer, that the app client and the agreement are the
    /// partner's.
    #[error("not-the-partners")]
    NotThePartners,
    /// A claim is not of its kind.
    #[error("claim")]
    Claim,
    /// It speaks for a person and a machine in one.
    #[error("mixed")]
    Mixed,
}

impl From<TokenError> for Problem {
    /// Logs the cause, and leaves it there.
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Missing => Problem::new(401, "token-needed", "An access token is needed")
                .detail("Send the access token as Authorization: Bearer <token>.")
                .challenge("Bearer"),
            TokenError::Invalid(cause) => {
                tracing::warn!(cause = %cause, "a token was refused");
                Problem::new(401, "token-invalid", "The access token is not valid")
                    .detail("Get an access token anew and send it as it is; an ID token is none.")
                    .challenge(r#"Bearer error="invalid_token""#)
            }
            TokenError::NoKeys(error) => {
                tracing::error!(%error, "no token can be checked");
                unavailable()
            }
            TokenError::NoDirectory(error) => no_directory(&error),
        }
    }
}

/// The directory can't be read, and so no app client be held against it.
pub(crate) fn no_directory(error: &DirectoryError) -> Problem {
    tracing::error!(error = %Chain(error), "an app client can't be held against the directory");
    unavailable()
}

fn unavailable() -> Problem {
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
