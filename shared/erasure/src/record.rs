//! How far an erasure is.

use std::collections::BTreeSet;

use event::Withdrawal;
use identity::{CognitoSub, ErasureId, ProfileId};
use jiff::Timestamp;
use profile::Stretch;
use serde::{Deserialize, Serialize};

use crate::Case;

/// The part of an erasure that says how far it is.
pub(crate) const ERASURE_PART: &str = "erasure";
/// Before the profile whose erasure a row tells of.
pub(crate) const MEMBER_PREFIX: &str = "member#";
/// Before the tenant and the partner that a row tells of.
pub(crate) const PARTNER_PREFIX: &str = "partner#";
/// Before the profile and the merge that a row tells of.
pub(crate) const TRAIL_PREFIX: &str = "trail#";
/// Before the place whose receipts a row tells of.
pub(crate) const DISCLOSED_PREFIX: &str = "disclosed#";

/// An erasure: row `erasure` of the table `erasures`. It holds ids, times and counts, and nothing
/// of what was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Its id.
    pub erasure_id: ErasureId,
    pub(crate) part: String,
    /// How far it is.
    pub state: ErasureState,
    /// The root of the person.
    pub profile_id: ProfileId,
    /// How many of the person's profiles are closed.
    pub members: u64,
    /// When the person asked for it.
    pub requested_at: Timestamp,
    /// Until when they may take it back.
    pub removal_at: Timestamp,
    /// The request that asked for it.
    pub request_id: String,
    /// The operator who asked for it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_operator: Option<CognitoSub>,
    /// By what the operators call the case in which one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Case>,
    /// When nothing could be read or written any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen_at: Option<Timestamp>,
    /// When the last login was gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logins_removed_at: Option<Timestamp>,
    /// When the last row was gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_removed_at: Option<Timestamp>,
    /// When the partners were told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_at: Option<Timestamp>,
    /// Until when their acknowledgements are awaited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge_by: Option<Timestamp>,
    /// When it came to its end, whichever that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it was taken back, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Withdrawal>,
    /// What the state machine called the failure that it was taken back for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// How many users of the pool were removed.
    #[serde(default)]
    pub logins: u64,
    /// How many identifiers became marks.
    #[serde(default)]
    pub identifiers: u64,
    /// How many other rows were removed.
    #[serde(default)]
    pub records: u64,
    /// Out of how many receipts the partner's own words were removed.
    #[serde(default)]
    pub reasons: u64,
    /// How many partners were told.
    #[serde(default)]
    pub told: u64,
}

/// How far an erasure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureState {
    /// The person's root is closed. They may take it back.
    Requested,
    /// All of their profiles are closed. They may take it back.
    Frozen,
    /// Something is gone already; there is no way back.
    Erasing,
    /// All is gone, and the certificate is there.
    Erased,
    /// It was taken back; nothing was removed.
    Withdrawn,
}

impl ErasureState {
    /// Whether it may still be taken back.
    #[must_use]
    pub const fn is_revocable(self) -> bool {
        matches!(self, Self::Requested | Self::Frozen)
    }

    /// The name as the table has it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Frozen => "frozen",
            Self::Erasing => "erasing",
            Self::Erased => "erased",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A row `member#<profile id>`: one of the person's profiles, which is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) erasure_id: ErasureId,
    pub(crate) part: String,
    pub(crate) profile_id: ProfileId,
    /// How many of its logins were removed; `None` until they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) logins: Option<u64>,
    /// When nothing was left of it but the mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) erased_at: Option<Timestamp>,
}

impl Member {
    pub(crate) fn new(erasure_id: ErasureId, profile_id: ProfileId) -> Self {
        Self {
            part: format!("{MEMBER_PREFIX}{profile_id}"),
            erasure_id,
            profile_id,
            logins: None,
            erased_at: None,
        }
    }
}

/// A row `trail#<profile id>#<merge id>`: under which ids of others one of the person's profiles went,
/// until that merge was undone. Receipts of those times are about the person, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trail {
    pub(crate) erasure_id: ErasureId,
    pub(crate) part: String,
    pub(crate) went_under: Vec<Stretch>,
}

impl Trail {
    pub(crate) fn new(
        erasure_id: ErasureId,
        profile_id: ProfileId,
        merge_id: &str,
        went_under: Vec<Stretch>,
    ) -> Self {
        Self {
            part: format!("{TRAIL_PREFIX}{profile_id}#{merge_id}"),
            erasure_id,
            went_under,
        }
    }
}

/// A row `disclosed#<profile id>`, or `disclosed#<profile id>#<from>#<until>` where the id is that of
/// somebody else who stays: the receipts there are gone through, and these partners were given something
/// by them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Disclosed {
    pub(crate) erasure_id: ErasureId,
    pub(crate) part: String,
    pub(crate) profile_id: ProfileId,
    /// In which time, where the id is another's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shared: Option<Stretch>,
    /// The partners, each as `<tenant>#<partner>`.
    pub(crate) to: BTreeSet<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_written_as_it_is_named() {
        use ErasureState::{Erased, Erasing, Frozen, Requested, Withdrawn};
        for state in [Requested, Frozen, Erasing, Erased, Withdrawn] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
