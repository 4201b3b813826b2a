//! Why somebody does not see the page that they asked for.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use lambda_kit::Chain;

use crate::api::{Problem, Refusal};

/// What became of a request that no page answers.
pub(crate) type Answered = Result<Response, Failure>;

/// Why there is no page. It travels in an answer until [`around`](crate::around) makes a page of it, in
/// the language of whoever asked.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    /// Nobody is signed in, or no longer.
    SignIn,
    /// There is no such page.
    NotFound,
    /// Whoever is signed in may not see it or do it.
    Forbidden,
    /// A form that no page of this session made, or that came from another site.
    Forged,
    /// What was sent is none of what the page takes.
    BadRequest,
    /// The browser came back from a sign-in that it did not begin here, or too late.
    NotThisSignIn,
    /// The API refuses, for a reason that it gives.
    Refused(Box<Problem>),
    /// It can't be done now.
    Unavailable,
}

impl Failure {
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::SignIn => StatusCode::SEE_OTHER,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::Forged => StatusCode::FORBIDDEN,
            Self::BadRequest | Self::NotThisSignIn => StatusCode::BAD_REQUEST,
            Self::Refused(_) => StatusCode::CONFLICT,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// What its texts are called in the message files.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::NotFound => "not-found",
            Self::Forbidden => "forbidden",
            Self::Forged => "forged",
            Self::BadRequest => "bad-request",
            Self::NotThisSignIn => "not-this-sign-in",
            Self::Refused(_) => "refused",
            Self::Unavailable => "unavailable",
        }
    }

    /// Something of our own went wrong, which whoever runs the house has to look at.
    pub(crate) fn unavailable(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %Chain(error), "a page can't be shown now");
        Self::Unavailable
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unavailable => Self::Unavailable,
            Refusal::Problem(problem) => match problem.status {
                401 => Self::SignIn,
                403 => Self::Forbidden,
                404 => Self::NotFound,
                // Others ask for too much at once, or the tenant's operators do.
                429 => Self::Unavailable,
                _ => Self::Refused(problem),
            },
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
