//! Which event calls for which notice.

use event::{CloudEvent, Data, TRAITS};
use identity::ProfileId;
use jiff::Timestamp;
use notification::{ACCOUNT, EventNotice, Way};
use tenancy::{DefinitionState, LanguageCode, NoticeText, NotificationRule, Purpose, TenantId};

/// What a person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) event_id: String,
    pub(crate) profile_id: ProfileId,
    pub(crate) tenant: TenantId,
    pub(crate) purpose: Purpose,
    pub(crate) kind: NoticeKind,
}

/// The kinds of notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoticeKind {
    ProfileCreated,
    ProfileUpdated,
    /// Nothing but that it arrived: the person asked for it.
    Test,
    /// That an event of a partner happened, in the words of the tenant's rule.
    Event {
        rule: Box<NotificationRule>,
        at: Timestamp,
    },
}

impl Notice {
    /// The notice that an event calls for. An event that names no tenant calls for none: consent is
    /// given to a tenant.
    pub(crate) fn for_event(event: &CloudEvent) -> Option<Self> {
        let (tenant, kind) = match &event.data {
            Data::ProfileCreated { tenant_id, .. } => {
                (tenant_id.as_ref()?, NoticeKind::ProfileCreated)
            }
            // What a tenant's own code notes of somebody, they did not change.
            Data::ProfileUpdated { changed, .. } if changed.iter().all(|name| name == TRAITS) => {
                return None;
            }
            Data::ProfileUpdated { tenant_id, .. } => {
                (tenant_id.as_ref()?, NoticeKind::ProfileUpdated)
            }
            Data::ProfileNoticeTested { tenant_id, .. } => (tenant_id, NoticeKind::Test),
            // None of it changes anything that a person would see in their profile.
            Data::ProfileIdentified { .. }
            | Data::ProfileSignedIn { .. }
            | Data::ProfileMerged { .. }
            | Data::ProfileSplit { .. }
            | Data::ProfileSettling { .. }
            | Data::ProfileErased { .. }
            | Data::ErasureRequested { .. }
            | Data::ErasureWithdrawn { .. }
            | Data::ErasureTold { .. }
            | Data::ErasureReminded { .. }
            | Data::ErasureCompleted { .. }
            | Data::ConsentGranted(_)
            | Data::ConsentWithdrawn(_)
            | Data::ConsentExpired(_)
            | Data::ExtensionFinished(_)
            | Data::ExtensionPaused(_)
            | Data::ExtensionResumed(_)
            | Data::ExtensionChanged(_) => return None,
        };
        Some(Self {
            event_id: event.id.clone(),
            profile_id: event.subject.profile()?,
            tenant: tenant.clone(),
            purpose: ACCOUNT.parse().ok()?,
            kind,
        })
    }

    /// The notice that `rule` has of a partner's event; `None` if nobody is told by it any more.
    pub(crate) fn by_rule(told: EventNotice, rule: &NotificationRule) -> Option<Self> {
        (rule.state() == DefinitionState::Active).then(|| Self {
            event_id: told.event,
            profile_id: told.profile_id,
            tenant: told.tenant,
            purpose: rule.purpose().clone(),
            kind: NoticeKind::Event {
                rule: Box::new(rule.clone()),
                at: told.at,
            },
        })
    }

    /// The same for each attempt to send this notice by `way`.
    pub(crate) fn idempotency_key(&self, way: Way) -> String {
        way.ledger_key(&self.event_id)
    }

    /// What a person of that language reads.
    pub(crate) fn text(&self, language: &LanguageCode) -> &str {
        match &self.kind {
            NoticeKind::ProfileCreated => "Your profile was created.",
            NoticeKind::ProfileUpdated => {
                "Your profile was changed. If it was not you, please sign in and look at it."
            }
            NoticeKind::Test => {
                "This is the test message that you asked for. Notices reach you this way."
            }
            // A rule has a text: that there is none can't be.
            NoticeKind::Event { rule, .. } => rule
                .text(language)
                .map_or("There is news.", NoticeText::as_str),
        }
    }
}

impl NoticeKind {
    /// Its name in messages.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::ProfileCreated => "profile-created",
            Self::ProfileUpdated => "profile-updated",
            Self::Test => "test",
            Self::Event { .. } => "event",
        }
    }
}
