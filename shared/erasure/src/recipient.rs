//! Whom the person's data was given to, and who has to erase it as well.

use std::collections::BTreeSet;

use identity::{ErasureId, ProfileId};
use jiff::Timestamp;
use profile::Stretch;
use serde::{Deserialize, Serialize};
use tenancy::{PartnerId, TenantId};

use crate::record::PARTNER_PREFIX;

/// As many ids as a partner's row names, and as many times: it has to stay a row. The oldest ids are
/// named, the root's among them, under which the person went last.
const MOST_IDS: usize = 8_000;
const MOST_SHARED: usize = 500;

/// A partner that was told of an erasure: row `partner#<tenant>#<partner>` of the table `erasures`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Of which erasure.
    pub erasure_id: ErasureId,
    pub(crate) part: String,
    /// Whose partner it is.
    pub tenant: TenantId,
    /// Which one.
    pub partner: PartnerId,
    /// The ids under which it was given the person's data.
    pub profiles: BTreeSet<ProfileId>,
    /// The times of those among them in which the person was one with another, whose id it is and who
    /// stays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<Stretch>,
    /// When it was told.
    pub told_at: Timestamp,
    /// How often it was reminded.
    #[serde(default)]
    pub reminders: u64,
    /// When last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_at: Option<Timestamp>,
    /// Until when its acknowledgement is awaited.
    pub acknowledge_by: Timestamp,
    /// When it said that it has erased what it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// The sparse index's partition; gone once it acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) open_for: Option<String>,
}

/// What a partner was given of a person.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// Under which ids.
    profiles: BTreeSet<ProfileId>,
    /// In which times, where the id is another's.
    shared: BTreeSet<Stretch>,
}

impl Given {
    /// It was given something under `profile`, which is another's but for the time `shared`.
    pub(crate) fn add(&mut self, profile: ProfileId, shared: Option<Stretch>) {
        self.profiles.insert(profile);
        self.shared.extend(shared);
    }
}

impl Recipient {
    pub(crate) fn new(
        erasure_id: ErasureId,
        (tenant, partner): (TenantId, PartnerId),
        given: Given,
        told_at: Timestamp,
        acknowledge_by: Timestamp,
    ) -> Self {
        let Given { profiles, shared } = given;
        if profiles.len() > MOST_IDS || shared.len() > MOST_SHARED {
            tracing::warn!(
                ids = profiles.len(),
                times = shared.len(),
                "a partner is not told of all ids under which it was given somebody"
            );
        }
        Self {
            erasure_id,
            part: part(&tenant, &partner),
            open_for: Some(open_for(&tenant, &partner)),
            tenant,
            partner,
            profiles: profiles.into_iter().take(MOST_IDS).collect(),
            shared: shared.into_iter().take(MOST_SHARED).collect(),
            told_at,
            reminders: 0,
            reminded_at: None,
            acknowledge_by,
            acknowledged_at: None,
        }
    }

    /// Whether it acknowledged in time.
    #[must_use]
    pub fn is_in_time(&self) -> bool {
        self.acknowledged_at
            .is_some_and(|at| at <= self.acknowledge_by)
    }
}

pub(crate) fn part(tenant: &TenantId, partner: &PartnerId) -> String {
    format!("{PARTNER_PREFIX}{tenant}#{partner}")
}

pub(crate) fn open_for(tenant: &TenantId, partner: &PartnerId) -> String {
    format!("{tenant}#{partner}")
}
