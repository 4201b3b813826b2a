//! What tenants call people.

use std::collections::BTreeSet;

use identity::ProfileId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenancy::{PartnerId, Segment, TenantId};

/// As many names as a tenant gives to one person.
pub const MOST_SEGMENTS: usize = 16;

/// What precedes the tenant in the part that holds its word.
const TRAITS_PREFIX: &str = "traits#";

/// What a tenant calls a person, on a partner's word: row `traits#<tenant>` of the member that it
/// came by. Each list takes the place of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentsWord {
    /// The member.
    pub profile_id: ProfileId,
    part: String,
    /// Whose names these are.
    pub tenant: TenantId,
    /// The names.
    pub segments: BTreeSet<Segment>,
    /// When it was said.
    pub at: Timestamp,
    /// By which partner.
    pub partner: PartnerId,
}

/// The part that holds what `tenant` calls a person.
#[must_use]
pub(crate) fn traits_part(tenant: &TenantId) -> String {
    format!("{TRAITS_PREFIX}{tenant}")
}

impl SegmentsWord {
    /// The word of `tenant`, by `partner`, as it came by `member`.
    #[must_use]
    pub fn new(
        member: ProfileId,
        (tenant, partner): (TenantId, PartnerId),
        segments: BTreeSet<Segment>,
        at: Timestamp,
    ) -> Self {
        Self {
            profile_id: member,
            part: traits_part(&tenant),
            tenant,
            segments,
            at,
            partner,
        }
    }

    /// The one of two that counts for a person with both: the later one, at the same time that of
    /// the younger member.
    #[must_use]
    pub fn later(self, other: Self) -> Self {
        if (self.at, self.profile_id) < (other.at, other.profile_id) {
            other
        } else {
            self
        }
    }
}
