//! Who can tell a person from others, with whom they deal, and what they took on somebody's word: of a
//! member, or of all members of a person together.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Identifier, IdentifierKind, ProfileId};
use serde::{Deserialize, Serialize};
use tenancy::TenantId;

use crate::{Claimant, Profile};

/// Who knows a person, with whom they deal, and what they took; of one member it only ever grows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// Who can tell this person from others.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub known_by: BTreeSet<Claimant>,
    /// The tenants by whose app clients the person came, and whose partners told of them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tenants: BTreeSet<TenantId>,
    /// How many identifiers of a kind were taken on somebody's word.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub taken: BTreeMap<IdentifierKind, u32>,
}

impl Standing {
    /// Of somebody whom nobody knows.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            known_by: BTreeSet::new(),
            tenants: BTreeSet::new(),
            taken: BTreeMap::new(),
        }
    }

    /// What `identifiers` come to, taken from `claimant` or from the person.
    pub(crate) fn of(identifiers: &[Identifier], claimant: Option<&Claimant>) -> Self {
        let mut standing = Self::new();
        for identifier in identifiers {
            *standing.taken.entry(identifier.kind()).or_default() += 1;
        }
        if let Some(Claimant::Partner(tenant, _)) = claimant
            && !identifiers.is_empty()
        {
            standing.tenants.insert(tenant.clone());
        }
        // By its own id for them a partner tells people apart.
        let is_named = standing.taken.contains_key(&IdentifierKind::External);
        standing
            .known_by
            .extend(claimant.filter(|_| is_named).cloned());
        standing
    }

    /// This and `other` in one. Two members have no identifier in common.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        self.known_by.extend(other.known_by.iter().cloned());
        self.tenants.extend(other.tenants.iter().cloned());
        for (kind, count) in &other.taken {
            let taken = self.taken.entry(*kind).or_default();
            *taken = taken.saturating_add(*count);
        }
        self
    }

    /// Of somebody who came by an app client of `tenant`.
    pub(crate) fn at(tenant: &TenantId) -> Self {
        let mut standing = Self::new();
        standing.tenants.insert(tenant.clone());
        standing
    }

    /// How many identifiers of `kind` were taken.
    #[must_use]
    pub fn taken_of(&self, kind: IdentifierKind) -> u32 {
        self.taken.get(&kind).copied().unwrap_or_default()
    }
}

impl Profile {
    /// What is this member's own.
    pub(crate) fn standing_of_its_own(&self) -> Standing {
        let own = self.own_standing.as_ref();
        own.unwrap_or(&self.standing).clone()
    }

    /// Shows `shown`, and keeps beside it what of that is `own`.
    pub(crate) fn show_standing(&mut self, own: Standing, shown: Standing) {
        self.own_standing = (own != shown).then_some(own);
        self.standing = shown;
    }

    /// Takes over what `member`, this one or another of the same person, gained.
    pub(crate) fn gain(&mut self, member: ProfileId, gained: &Standing) {
        let own = self.standing_of_its_own();
        let shown = std::mem::take(&mut self.standing).with(gained);
        let own = if member == self.profile_id {
            own.with(gained)
        } else {
            own
        };
        self.show_standing(own, shown);
    }
}
