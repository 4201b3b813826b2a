//! What went wrong, in one sentence for the operator and a number for their scripts.

use std::{fmt, io};

use serde::Deserialize;

/// Why a command did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was asked for can't be asked.
    #[error("{0}")]
    Usage(String),
    /// Nobody is signed in.
    #[error("{0}")]
    NotSignedIn(String),
    /// The API answered with a problem.
    #[error("{0}")]
    Problem(Problem),
    /// There was no answer.
    #[error("{0} Try again later; if it stays so, look whether FAIRLEAD_URL is right.")]
    Unreachable(String),
    /// An extension is not as it should be, or does not do what it should.
    #[error("{0}")]
    Extension(String),
    /// A file or a stream could not be read or written.
    #[error("{what}: {cause}")]
    File {
        /// What was tried.
        what: String,
        /// Why it did not work.
        cause: io::Error,
    },
}

/// A problem of the API (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Problem {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    pub(crate) status: u16,
    #[serde(default)]
    detail: Option<String>,
    #[serde(default)]
    field: Option<String>,
}

impl Problem {
    /// What an answer of `status` says that is no problem document: API Gateway's own, for one.
    pub(crate) fn read(status: u16, body: &[u8]) -> Self {
        let read = serde_json::from_slice::<Self>(body);
        let problem = read.ok().filter(|problem| !problem.title.is_empty());
        let problem = problem.unwrap_or_else(|| Self {
            kind: String::new(),
            title: format!("The API answered with the status {status}"),
            status,
            detail: None,
            field: None,
        });
        Self { status, ..problem }
    }

    /// The last part of its type.
    #[must_use]
    pub fn name(&self) -> &str {
        self.kind.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sentence = self.title.trim_end_matches('.').to_owned();
        if let Some(detail) = &self.detail {
            sentence = format!("{sentence}: {}", detail.trim_end_matches('.'));
        }
        let field = self.field.as_deref();
        let named = field.map(|field| format!("field {field}, "));
        let kind = if self.kind.is_empty() {
            "no problem document"
        } else {
            &self.kind
        };
        write!(f, "{sentence} ({}{kind}).", named.unwrap_or_default())
    }
}

impl Failure {
    /// What the process ends with.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::File { .. } => 1,
            Self::Usage(_) => 2,
            Self::NotSignedIn(_) => 3,
            Self::Problem(problem) => match problem.status {
                401 => 3,
                412 => 5,
                429 | 500.. => 6,
                _ => 4,
            },
            Self::Unreachable(_) => 6,
            Self::Extension(_) => 7,
        }
    }

    pub(crate) fn file(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |cause| Self::File { what, cause }
    }
}

/// There is no token to send.
pub(crate) fn not_signed_in() -> Failure {
    Failure::NotSignedIn("Nobody is signed in: run `fairlead login`, or set FAIRLEAD_TOKEN.".into())
}

/// A setting that is needed is not there.
pub(crate) fn missing(flag: &str, variable: &str) -> Failure {
    Failure::Usage(format!(
        "It is not known which: pass --{flag}, set {variable}, or write it into config.json."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_one_sentence_with_its_type() {
        let body = br#"{"type":"https://fairlead.dev/problems/stale-version","title":"It is not as you saw it any more","status":412,"detail":"Read it again, and repeat the change on what you find."}"#;
        let problem = Problem::read(412, body);
        assert_eq!(
            problem.to_string(),
            "It is not as you saw it any more: Read it again, and repeat the change on what you find \
             (https://fairlead.dev/problems/stale-version)."
        );
        assert_eq!(problem.name(), "stale-version");
        assert_eq!(Failure::Problem(problem).exit_code(), 5);
    }

    #[test]
    fn what_is_no_problem_document_is_told_by_its_status() {
        let problem = Problem::read(429, br#"{"message":"Too Many Requests"}"#);
        assert_eq!(
            problem.to_string(),
            "The API answered with the status 429 (no problem document)."
        );
        assert_eq!(Failure::Problem(problem).exit_code(), 6);
    }
}
