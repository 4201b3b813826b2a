//! Why a flow does not do its work.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a flow does not do its work, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// There is no such flow.
    Missing,
    /// The flow is made otherwise than it has to be.
    Drifted,
    /// AppFlow or somebody switched it off.
    Deactivated,
    /// It is suspended.
    Suspended,
    /// AppFlow says that it is in error, and nothing that says more.
    Errored,
    /// Salesforce does not let the connection in.
    Credentials,
    /// Salesforce or AppFlow has too much to do.
    Throttled,
    /// The other side can't be reached.
    Unreachable,
    /// Salesforce refused rows.
    Rejected,
    /// It runs and takes nothing, though files wait.
    Idle,
    /// Events came in of which nothing says what became of them.
    Unhandled,
    /// Outcomes were decided for which no file was written.
    Unwritten,
    /// Files were written whose rows Salesforce did not accept.
    Unaccepted,
}

/// What texts say which cause, in the order in which they are looked for: a text that tells of both a login
/// and a limit is about the login. AppFlow's own texts are nowhere documented; these are the names of
/// its exceptions and of the errors of Salesforce's API that it passes on
/// (<https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm>).
const SAID: [(Cause, &[&str]); 4] = [
    (
        Cause::Credentials,
        &[
            "connectorauthentication",
            "authentication",
            "invalid_session_id",
            "invalid session",
            "session expired",
            "invalid_grant",
            "invalid_client",
            "inactive_user",
            "inactive user",
            "invalid_login",
            "access token",
            "refresh token",
            "oauth",
            "unauthorized",
            "credential",
        ],
    ),
    (
        Cause::Throttled,
        &[
            "request_limit_exceeded",
            "requestlimitexceeded",
            "rate exceeded",
            "rate limit",
            "throttl",
            "too many requests",
            "too_many_requests",
            "quota",
            "limit exceeded",
            "limit_exceeded",
        ],
    ),
    (
        Cause::Unreachable,
        &[
            "server_unavailable",
            "service unavailable",
            "connectorserver",
            "unable_to_lock_row",
            "timed out",
            "timeout",
            "connection reset",
            "connection refused",
            "unknown host",
            "internalserver",
        ],
    ),
    (
        Cause::Rejected,
        &[
            "rejected",
            "required_field_missing",
            "field_custom_validation",
            "field_integrity",
            "invalid_field",
            "invalid_type",
            "string_too_long",
            "duplicate_value",
            "duplicate_external_id",
            "bad_value",
            "put failure",
            "failed record",
        ],
    ),
];

impl Cause {
    /// What a text of AppFlow's says, if it is one of those that are known. The text goes no further: it
    /// may quote what an operator wrote.
    #[must_use]
    pub fn said_by(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        let said = SAID
            .iter()
            .find(|(_, words)| words.iter().any(|word| text.contains(word)));
        said.map(|(cause, _)| *cause)
    }

    /// Its name in rows, metrics and subjects.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Drifted => "drifted",
            Self::Deactivated => "deactivated",
            Self::Suspended => "suspended",
            Self::Errored => "errored",
            Self::Credentials => "credentials",
            Self::Throttled => "throttled",
            Self::Unreachable => "unreachable",
            Self::Rejected => "rejected",
            Self::Idle => "idle",
            Self::Unhandled => "unhandled",
            Self::Unwritten => "unwritten",
            Self::Unaccepted => "unaccepted",
        }
    }

    /// Whether the flow does not run at all.
    #[must_use]
    pub const fn is_off(self) -> bool {
        matches!(self, Self::Deactivated | Self::Suspended | Self::Errored)
    }

    /// Whether only people can do something about it.
    #[must_use]
    pub const fn needs_people(self) -> bool {
        matches!(self, Self::Missing)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "ConnectorAuthenticationException: invalid_grant",
        Some(Cause::Credentials)
    )]
    #[case(
        "synthetic: authentication with the source connector failed",
        Some(Cause::Credentials)
    )]
    #[case(
        "INVALID_SESSION_ID: Session expired or invalid",
        Some(Cause::Credentials)
    )]
    #[case(
        "REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded.",
        Some(Cause::Throttled)
    )]
    #[case("OAuth token endpoint: rate limit", Some(Cause::Credentials))]
    #[case("SERVER_UNAVAILABLE", Some(Cause::Unreachable))]
    #[case(
        "synthetic error text: destination rejected the records",
        Some(Cause::Rejected)
    )]
    #[case("REQUIRED_FIELD_MISSING: [Name]", Some(Cause::Rejected))]
    #[case("consecutive failures reached the threshold", None)]
    #[case("", None)]
    fn a_text_says_its_cause_or_none(#[case] text: &str, #[case] cause: Option<Cause>) {
        assert_eq!(Cause::said_by(text), cause);
    }

    #[test]
    fn a_cause_is_called_in_rows_as_it_is_called_elsewhere() {
        for cause in [
            Cause::Missing,
            Cause::Drifted,
            Cause::Deactivated,
            Cause::Suspended,
            Cause::Errored,
            Cause::Credentials,
            Cause::Throttled,
            Cause::Unreachable,
            Cause::Rejected,
            Cause::Idle,
            Cause::Unhandled,
            Cause::Unwritten,
            Cause::Unaccepted,
        ] {
            let written = serde_json::to_string(&cause).unwrap();
            assert_eq!(written, format!("\"{cause}\""));
        }
    }
}
