//! Whom the person's data was given to, and who has to erase it as well.

use std::collections::BTreeSet;

use identity::{ErasureId, ProfileId};
use jiff::Timestamp;
use profile::Stretch;
use serde::{Deserialize, Serialize};
use tenancy::{PartnerId, TenantId};

use crate::record::PARTNER_PREFIX;

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
    pub(crate) profiles: BTreeSet<ProfileId>,
    /// In which times, where the id is another's.
    pub(crate) shared: Vec<Stretch>,
}

impl Recipient {
    pub(crate) fn new(
        erasure_id: ErasureId,
        (tenant, partner): (TenantId, PartnerId),
        given: Given,
        told_at: Timestamp,
        acknowledge_by: Timestamp,
    ) -> Self {
        Self {
            erasure_id,
            part: part(&tenant, &partner),
            open_for: Some(open_for(&tenant, &partner)),
            tenant,
            partner,
            profiles: given.profiles,
            shared: given.shared,
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
