//! App clients that are made for a partner's machines.

use std::{
    fmt::{self, Write as _},
    str::FromStr,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{PartnerId, TenantId};

const PREFIX: &str = "pcl_";

/// `pcl_` and 32 hexadecimal digits: what an app client is called in the user pool before it is
/// known which id Cognito gives it. It follows from the request that asks for it, so that a
/// repetition finds what an earlier run made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartnerClientId(String);

/// A text that is no id of a partner's app client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id of a partner's app client is pcl_ followed by 32 hexadecimal digits")]
pub struct InvalidPartnerClientId;

impl PartnerClientId {
    /// The id of the app client that the request `request_id` asks for.
    #[must_use]
    pub fn of(tenant: &TenantId, partner: &PartnerId, request_id: &str) -> Self {
        // Names have no such sign, and the request's id comes last.
        let digest = Sha256::digest(format!("{tenant}#{partner}#{request_id}"));
        let half = digest.iter().take(16);
        Self(half.fold(PREFIX.to_owned(), |mut id, byte| {
            _ = write!(id, "{byte:02x}");
            id
        }))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PartnerClientId {
    type Err = InvalidPartnerClientId;

    fn from_str(text: &str) -> Result<Self, InvalidPartnerClientId> {
        let digits = text.strip_prefix(PREFIX).ok_or(InvalidPartnerClientId)?;
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (digits.len() == 32 && digits.bytes().all(is_digit))
            .then(|| Self(text.to_owned()))
            .ok_or(InvalidPartnerClientId)
    }
}

impl TryFrom<String> for PartnerClientId {
    type Error = InvalidPartnerClientId;

    fn try_from(text: String) -> Result<Self, InvalidPartnerClientId> {
        text.parse()
    }
}

impl From<PartnerClientId> for String {
    fn from(id: PartnerClientId) -> Self {
        id.0
    }
}

impl fmt::Display for PartnerClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a partner's machine may be granted. No other scope is for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MachineScope {
    /// Read of people what agreement and consent allow.
    #[serde(rename = "fairlead/profile.read")]
    ProfileRead,
    /// Tell whose an identifier is.
    #[serde(rename = "fairlead/profile.identify")]
    ProfileIdentify,
    /// Report events of people.
    #[serde(rename = "fairlead/events.write")]
    EventsWrite,
    /// Be told of events by webhooks.
    #[serde(rename = "fairlead/subscriptions.write")]
    SubscriptionsWrite,
}

impl MachineScope {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::ProfileRead,
        Self::ProfileIdentify,
        Self::EventsWrite,
        Self::SubscriptionsWrite,
    ];

    /// Its name, as tokens have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProfileRead => "fairlead/profile.read",
            Self::ProfileIdentify => "fairlead/profile.identify",
            Self::EventsWrite => "fairlead/events.write",
            Self::SubscriptionsWrite => "fairlead/subscriptions.write",
        }
    }
}

/// How far an app client of a partner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientState {
    /// It may be in the user pool already, and opens nothing yet.
    Creating,
    /// It gets tokens for the partner.
    Active,
    /// It may still be in the user pool.
    Deleting,
    /// It is gone; the row stays, to tell by whom and when.
    Deleted,
}

impl ClientState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Creating, Self::Active, Self::Deleting, Self::Deleted];

    /// Its name, as in the directory.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::Active => "active",
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_asks_for_one_client() {
        let tenant: TenantId = "harbour".parse().unwrap();
        let [chandlery, ferry]: [PartnerId; 2] =
            ["chandlery", "ferry-line"].map(|name| name.parse().unwrap());
        let id = PartnerClientId::of(&tenant, &chandlery, "request-1");
        assert_eq!(id, PartnerClientId::of(&tenant, &chandlery, "request-1"));
        assert_ne!(id, PartnerClientId::of(&tenant, &chandlery, "request-2"));
        assert_ne!(id, PartnerClientId::of(&tenant, &ferry, "request-1"));
        assert_eq!(id.to_string().parse::<PartnerClientId>(), Ok(id));
        assert_eq!(
            "pcl_1".parse::<PartnerClientId>(),
            Err(InvalidPartnerClientId)
        );
    }

    #[test]
    fn scopes_and_states_are_written_as_they_are_called() {
        for scope in MachineScope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
        }
        for state in ClientState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
