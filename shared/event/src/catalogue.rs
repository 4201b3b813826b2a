//! The event types. Each has a folder in `events/` with its JSON Schema and samples, and a test
//! holds the three together. Events carry ids, versions and the names of fields: never personal
//! data, which a consumer reads under its own purpose.

use std::collections::BTreeSet;

use identity::{IdentifierKind, ProfileId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenancy::{LegalBasis, Purpose, TenantId};

/// What happened: the CloudEvent's `type` and `data`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum Data {
    /// A person got their profile.
    #[serde(rename = "dev.fairlead.profile.created.v1")]
    ProfileCreated {
        /// Whose.
        profile_id: ProfileId,
        /// The profile's version, 1.
        version: u64,
        /// By whose login, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tenant_id: Option<TenantId>,
        /// The kinds of identifier that point at it.
        identifiers: BTreeSet<IdentifierKind>,
    },
    /// Fields of a profile changed.
    #[serde(rename = "dev.fairlead.profile.updated.v1")]
    ProfileUpdated {
        /// Whose.
        profile_id: ProfileId,
        /// The profile's version after the change; it only ever grows.
        version: u64,
        /// By whose surface, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tenant_id: Option<TenantId>,
        /// The names of the fields that changed.
        changed: BTreeSet<String>,
    },
    /// A person agreed.
    #[serde(rename = "dev.fairlead.consent.granted.v1")]
    ConsentGranted(Decision),
    /// A person no longer agrees.
    #[serde(rename = "dev.fairlead.consent.withdrawn.v1")]
    ConsentWithdrawn(Decision),
}

/// A decision on a consent, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Whose.
    pub profile_id: ProfileId,
    /// The version of the consent on this tenant and purpose; it only ever grows.
    pub version: u64,
    /// To whom.
    pub tenant_id: TenantId,
    /// For what.
    pub purpose: Purpose,
    /// Which text the person saw.
    pub text_version: String,
    /// Where they decided.
    pub surface: Surface,
    /// Under which id its evidence is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_id: Option<String>,
    /// Why the processing is lawful: on any basis but consent, a withdrawal is an objection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<LegalBasis>,
    /// In which language the person saw the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// When a grant ends by itself, without another event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Where a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Surface {
    /// Their own pages, or an app that calls the API for them.
    SelfService,
    /// The header `Sec-GPC: 1`, which their browser sends with each request.
    GlobalPrivacyControl,
}

impl Data {
    /// The CloudEvent's `source`, which is EventBridge's too.
    #[must_use]
    pub const fn source(&self) -> &'static str {
        match self {
            Self::ProfileCreated { .. } | Self::ProfileUpdated { .. } => "dev.fairlead.profile",
            Self::ConsentGranted(_) | Self::ConsentWithdrawn(_) => "dev.fairlead.consent",
        }
    }

    /// The profile that it is about: the CloudEvent's `subject`.
    #[must_use]
    pub const fn profile_id(&self) -> ProfileId {
        match self {
            Self::ProfileCreated { profile_id, .. } | Self::ProfileUpdated { profile_id, .. } => {
                *profile_id
            }
            Self::ConsentGranted(decision) | Self::ConsentWithdrawn(decision) => {
                decision.profile_id
            }
        }
    }
}
