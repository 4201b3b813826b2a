//! How a person stands in the audiences that they belong to.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use consent::Consent;
use jiff::Timestamp;
use lambda_kit::planted;
use profile::{Country, FieldName, Profile};
use serde::{Deserialize, Serialize};
use tenancy::{Segment, TenantId};

use crate::Audience;

/// What is kept of somebody who belongs: what filters go by, and by what it is told that a record
/// looks otherwise now. No value of any other field.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The profile's version.
    pub version: u64,
    /// The version of their decision.
    pub consent: u64,
    /// Where they live, as they say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// What the tenant calls them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub segments: BTreeSet<Segment>,
    /// When the profile or the decision last changed.
    pub updated_at: Timestamp,
    /// When the grant ends by itself, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
}

/// The audiences to which the person of `profile` belongs, and how they stand there. A grant whose time
/// is over counts until its end is on record: by their place in the audience it is found.
pub(crate) fn standings(
    profile: &Profile,
    consents: &[Consent],
    segments: &BTreeMap<TenantId, BTreeSet<Segment>>,
) -> BTreeMap<Audience, Standing> {
    let country = profile.text(FieldName::Country);
    let granted = consents.iter().filter(|consent| consent.is_open());
    granted
        .map(|consent| {
            let audience = Audience {
                tenant: consent.tenant.clone(),
                purpose: consent.purpose.clone(),
            };
            let standing = Standing {
                version: profile.version,
                consent: consent.version,
                country: country.and_then(|code| code.parse().ok()),
                segments: segments.get(&consent.tenant).cloned().unwrap_or_default(),
                updated_at: profile.updated_at.max(consent.decided_at),
                ends_at: consent.expires_at,
            };
            (audience, standing)
        })
        .collect()
}

impl fmt::Debug for Standing {
    /// Without what it tells of the person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Standing")
            .field("version", &self.version)
            .field("consent", &self.consent)
            .finish_non_exhaustive()
    }
}

impl Standing {
    /// Whether a reader who was told of `before` has to be told again.
    pub(crate) fn is_news_after(&self, before: &Self) -> bool {
        self != before && !planted::is_on("audience-keeps-first-version")
    }
}
