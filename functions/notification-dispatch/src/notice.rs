//! Which event calls for which notice.

use event::{CloudEvent, Data};
use identity::ProfileId;
use serde::Serialize;
use tenancy::TenantId;

/// What a person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) event_id: String,
    pub(crate) profile_id: ProfileId,
    pub(crate) tenant: TenantId,
    pub(crate) kind: NoticeKind,
}

/// The kinds of notice, as they are named in messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NoticeKind {
    ProfileCreated,
    ProfileUpdated,
}

impl Notice {
    /// The notice that an event calls for. An event that names no tenant calls for none: consent is
    /// given to a tenant.
    pub(crate) fn for_event(event: &CloudEvent) -> Option<Self> {
        let (tenant, kind) = match &event.data {
            Data::ProfileCreated { tenant_id, .. } => (tenant_id, NoticeKind::ProfileCreated),
            Data::ProfileUpdated { tenant_id, .. } => (tenant_id, NoticeKind::ProfileUpdated),
            // None of it changes anything that a person would see in their profile.
            Data::ProfileIdentified { .. }
            | Data::ProfileSignedIn { .. }
            | Data::ProfileMerged { .. }
            | Data::ProfileSplit { .. }
            | Data::ProfileSettling { .. }
            | Data::ProfileErased { .. }
            | Data::ErasureRequested { .. }
            | Data::ErasureWithdrawn { .. }
            | Data::ErasureReminded { .. }
            | Data::ErasureCompleted { .. }
            | Data::ConsentGranted(_)
            | Data::ConsentWithdrawn(_)
            | Data::ConsentExpired(_) => return None,
        };
        Some(Self {
            event_id: event.id.clone(),
            profile_id: event.subject,
            tenant: tenant.clone()?,
            kind,
        })
    }

    /// The same for each attempt to send this notice over `channel`.
    pub(crate) fn idempotency_key(&self, channel: &str) -> String {
        format!("notice#{}#{channel}", self.event_id)
    }

    /// What the person reads.
    pub(crate) const fn text(&self) -> &'static str {
        match self.kind {
            NoticeKind::ProfileCreated => "Your profile was created.",
            NoticeKind::ProfileUpdated => {
                "Your profile was changed. If it was not you, please sign in and look at it."
            }
        }
    }
}
