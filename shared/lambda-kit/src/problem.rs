//! Problem details (RFC 9457): what went wrong, said to the one who can act.

use serde::Serialize;

use crate::http::Response;

/// Where a problem's `type` is described; see docs/http-api.md.
const TYPES: &str = "https://fairlead.dev/problems/";

/// An error document. Its texts are fixed or made of names from our own vocabulary: they never
/// quote what the caller sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable URI for this kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same in words, for every occurrence.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What to do about this occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The field to blame, as a path (`birthdate`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Seconds to wait before trying again.
    #[serde(skip)]
    pub retry_after: Option<u32>,
    /// How to authenticate, as `WWW-Authenticate` has it (RFC 6750, section 3).
    #[serde(skip)]
    pub challenge: Option<&'static str>,
}

impl Problem {
    /// A problem of the kind `name`.
    #[must_use]
    pub fn new(status: u16, name: &str, title: &'static str) -> Self {
        Self {
            kind: format!("{TYPES}{name}"),
            title,
            status,
            detail: None,
            field: None,
            retry_after: None,
            challenge: None,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Which field is to blame.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// When to try again.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// How to authenticate.
    #[must_use]
    pub const fn challenge(mut self, challenge: &'static str) -> Self {
        self.challenge = Some(challenge);
        self
    }
}

impl From<Problem> for Response {
    fn from(problem: Problem) -> Self {
        let mut response = Self::json(problem.status, "application/problem+json", &problem);
        if let Some(seconds) = problem.retry_after {
            response = response.header("retry-after", seconds.to_string());
        }
        if let Some(challenge) = problem.challenge {
            response = response.header("www-authenticate", challenge);
        }
        response
    }
}
