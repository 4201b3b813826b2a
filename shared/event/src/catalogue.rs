//! The event types. Each has a folder in `events/` with its JSON Schema and samples, and a test
//! holds the three together. Events carry ids, versions and the names of fields: never personal
//! data, which a consumer reads under its own purpose.

use std::collections::BTreeSet;

use identity::{ErasureId, IdentifierKind, MergeId, ProfileId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenancy::{LegalBasis, PartnerId, Purpose, TenantId};

use crate::{
    Subject,
    extension::{Changed, Finished, Pause},
};

/// Among the names of what changed: what a tenant's own code notes of a person.
pub const TRAITS: &str = "traits";

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
    /// More identifiers point at a profile.
    #[serde(rename = "dev.fairlead.profile.identified.v1")]
    ProfileIdentified {
        /// Whose.
        profile_id: ProfileId,
        /// The profile's version after the change; it only ever grows.
        version: u64,
        /// By whose surface or partner, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tenant_id: Option<TenantId>,
        /// The kinds of the identifiers that are new.
        identifiers: BTreeSet<IdentifierKind>,
        /// The names of the fields that changed with it, if any did.
        changed: BTreeSet<String>,
    },
    /// A person signed in.
    #[serde(rename = "dev.fairlead.profile.signed-in.v1")]
    ProfileSignedIn {
        /// Whose profile.
        profile_id: ProfileId,
        /// By whose login, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tenant_id: Option<TenantId>,
    },
    /// A person asked for a test notice, to see by which ways notices reach them.
    #[serde(rename = "dev.fairlead.profile.notice-tested.v1")]
    ProfileNoticeTested {
        /// Whose profile.
        profile_id: ProfileId,
        /// Whose notices.
        tenant_id: TenantId,
    },
    /// Two profiles turned out to be one person's.
    #[serde(rename = "dev.fairlead.profile.merged.v1")]
    ProfileMerged {
        /// The id under which the person goes from now on.
        profile_id: ProfileId,
        /// The version of that profile after it.
        version: u64,
        /// The id that leads to it from now on.
        absorbed_id: ProfileId,
        /// By what it is undone.
        merge_id: MergeId,
    },
    /// A merge was undone.
    #[serde(rename = "dev.fairlead.profile.split.v1")]
    ProfileSplit {
        /// The id under which the person still goes.
        profile_id: ProfileId,
        /// The version of that profile after it.
        version: u64,
        /// The id that is a person's own again.
        restored_id: ProfileId,
        /// The merge that was undone.
        merge_id: MergeId,
    },
    /// A merge or split too large for one transaction was begun. Whoever gets it brings it to its end.
    #[serde(rename = "dev.fairlead.profile.settling.v1")]
    ProfileSettling {
        /// The profile that is locked meanwhile.
        profile_id: ProfileId,
        /// Which merge, or the split of which.
        merge_id: MergeId,
    },
    /// A profile was erased; its id leads nowhere any more.
    #[serde(rename = "dev.fairlead.profile.erased.v1")]
    ProfileErased {
        /// Which one. A person who was merged has several, and an event for each.
        profile_id: ProfileId,
        /// By which erasure.
        erasure_id: ErasureId,
    },
    /// A person wants everything about them erased.
    #[serde(rename = "dev.fairlead.erasure.requested.v1")]
    ErasureRequested {
        /// Whose; from now on nobody reads or writes it.
        profile_id: ProfileId,
        /// By what it is followed.
        erasure_id: ErasureId,
        /// Until when they may take it back.
        removal_at: Timestamp,
    },
    /// Nothing was erased, and the person is there again.
    #[serde(rename = "dev.fairlead.erasure.withdrawn.v1")]
    ErasureWithdrawn {
        /// Who.
        profile_id: ProfileId,
        /// Which erasure.
        erasure_id: ErasureId,
        /// Who took it back.
        because: Withdrawal,
    },
    /// A partner has to erase what it was given, and to say so.
    #[serde(rename = "dev.fairlead.erasure.told.v1")]
    ErasureTold {
        /// The profile that was erased.
        profile_id: ProfileId,
        /// By which erasure.
        erasure_id: ErasureId,
        /// The tenant whose partner it is.
        tenant_id: TenantId,
        /// Who is told.
        partner_id: PartnerId,
        /// Until when it is awaited.
        acknowledge_by: Timestamp,
    },
    /// A partner has not said yet that it erased what it was given.
    #[serde(rename = "dev.fairlead.erasure.reminded.v1")]
    ErasureReminded {
        /// The profile that was erased.
        profile_id: ProfileId,
        /// By which erasure.
        erasure_id: ErasureId,
        /// The tenant whose partner it is.
        tenant_id: TenantId,
        /// Who is reminded.
        partner_id: PartnerId,
        /// Until when it is awaited.
        acknowledge_by: Timestamp,
    },
    /// An erasure has come to its end, and its certificate is there.
    #[serde(rename = "dev.fairlead.erasure.completed.v1")]
    ErasureCompleted {
        /// The profile that was erased.
        profile_id: ProfileId,
        /// By which erasure.
        erasure_id: ErasureId,
        /// How many partners were told.
        told: u64,
        /// How many of them acknowledged it in time.
        acknowledged: u64,
    },
    /// A person agreed.
    #[serde(rename = "dev.fairlead.consent.granted.v1")]
    ConsentGranted(Decision),
    /// A person no longer agrees.
    #[serde(rename = "dev.fairlead.consent.withdrawn.v1")]
    ConsentWithdrawn(Decision),
    /// A grant ended by itself.
    #[serde(rename = "dev.fairlead.consent.expired.v1")]
    ConsentExpired(Decision),
    /// An extension is done with an event. Boxed: it is larger than all others.
    #[serde(rename = "dev.fairlead.extension.finished.v1")]
    ExtensionFinished(Box<Finished>),
    /// An extension keeps failing, and is not run for a while.
    #[serde(rename = "dev.fairlead.extension.paused.v1")]
    ExtensionPaused(Pause),
    /// An extension that was paused is run again as ever.
    #[serde(rename = "dev.fairlead.extension.resumed.v1")]
    ExtensionResumed(Pause),
    /// Another version of an extension is run, or none.
    #[serde(rename = "dev.fairlead.extension.changed.v1")]
    ExtensionChanged(Changed),
}

/// Who took an erasure back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Withdrawal {
    /// The person, while they could.
    Person,
    /// Fairlead, since a step failed before anything was erased.
    Failure,
}

/// A decision on a consent, or the end of one, with its evidence.
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
    /// The SHA-256 of that text, where the directory has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_sha256: Option<String>,
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
    /// When a grant ends by itself; of one that did, when it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whether the person granted it in spite of their Global Privacy Control, having been told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overrides_gpc: bool,
}

/// Where a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Surface {
    /// Their own pages, or an app that calls the API for them.
    SelfService,
    /// The header `Sec-GPC: 1`, which their browser sends with each request.
    GlobalPrivacyControl,
    /// Nobody decided: the time was over for which they had granted it.
    Expiry,
}

impl Data {
    /// The CloudEvent's `source`, which is EventBridge's too.
    #[must_use]
    pub const fn source(&self) -> &'static str {
        match self {
            Self::ProfileCreated { .. }
            | Self::ProfileUpdated { .. }
            | Self::ProfileIdentified { .. }
            | Self::ProfileSignedIn { .. }
            | Self::ProfileNoticeTested { .. }
            | Self::ProfileMerged { .. }
            | Self::ProfileSplit { .. }
            | Self::ProfileSettling { .. }
            | Self::ProfileErased { .. } => "dev.fairlead.profile",
            Self::ErasureRequested { .. }
            | Self::ErasureWithdrawn { .. }
            | Self::ErasureTold { .. }
            | Self::ErasureReminded { .. }
            | Self::ErasureCompleted { .. } => "dev.fairlead.erasure",
            Self::ConsentGranted(_) | Self::ConsentWithdrawn(_) | Self::ConsentExpired(_) => {
                "dev.fairlead.consent"
            }
            Self::ExtensionFinished(_)
            | Self::ExtensionPaused(_)
            | Self::ExtensionResumed(_)
            | Self::ExtensionChanged(_) => "dev.fairlead.extension",
        }
    }

    /// What it is about: the CloudEvent's `subject`.
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self {
            Self::ProfileCreated { profile_id, .. }
            | Self::ProfileUpdated { profile_id, .. }
            | Self::ProfileIdentified { profile_id, .. }
            | Self::ProfileSignedIn { profile_id, .. }
            | Self::ProfileNoticeTested { profile_id, .. }
            | Self::ProfileMerged { profile_id, .. }
            | Self::ProfileSplit { profile_id, .. }
            | Self::ProfileSettling { profile_id, .. }
            | Self::ProfileErased { profile_id, .. }
            | Self::ErasureRequested { profile_id, .. }
            | Self::ErasureWithdrawn { profile_id, .. }
            | Self::ErasureTold { profile_id, .. }
            | Self::ErasureReminded { profile_id, .. }
            | Self::ErasureCompleted { profile_id, .. } => Subject::Profile(*profile_id),
            Self::ConsentGranted(decision)
            | Self::ConsentWithdrawn(decision)
            | Self::ConsentExpired(decision) => Subject::Profile(decision.profile_id),
            Self::ExtensionFinished(finished) => Subject::Extension(finished.extension.clone()),
            Self::ExtensionPaused(pause) | Self::ExtensionResumed(pause) => {
                Subject::Extension(pause.extension.clone())
            }
            Self::ExtensionChanged(changed) => Subject::Extension(changed.extension.clone()),
        }
    }
}
