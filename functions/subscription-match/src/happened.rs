//! What a queue brings: that something happened of which partners may want to be told.

use event::{CloudEvent, Correlated, Data, TRAITS};
use identity::{ErasureId, ProfileId};
use intake::Announcement;
use jiff::Timestamp;
use serde::Deserialize;
use subscription::{Message, Notice};
use tenancy::{PartnerId, TenantId};

/// Something that happened.
#[derive(Debug)]
pub(crate) struct Happened {
    /// The event's type.
    pub(crate) kind: String,
    /// By what it is told from others.
    pub(crate) event: String,
    /// When.
    pub(crate) time: Timestamp,
    /// Who may hear of it.
    pub(crate) by: Audience,
    /// What is told.
    pub(crate) message: Message,
}

/// Who may hear of something; what of it they may be told is decided when it is sent.
#[derive(Debug)]
pub(crate) enum Audience {
    /// The tenant's partners.
    Tenant(TenantId),
    /// This partner.
    Partner(TenantId, PartnerId),
    /// The partners of those with whom the person deals.
    OfPerson(ProfileId),
}

/// What a bus tells of: a partner's event, or one of Fairlead's own.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Announced(Box<Announcement>),
    Own(Box<CloudEvent>),
}

impl Correlated for Told {
    fn correlation_id(&self) -> Option<&str> {
        match self {
            Self::Announced(announced) => announced.correlation_id(),
            Self::Own(event) => event.correlation_id(),
        }
    }
}

/// All that the message `body` tells of; `None` if there is anything else in it.
pub(crate) fn read(body: &str) -> Option<Vec<Happened>> {
    let told: Vec<Told> = event::delivered(body)?;
    let mut all = Vec::new();
    for told in told {
        match told {
            Told::Announced(announced) => all.push(announced_one(&announced)?),
            Told::Own(event) => all.extend(of_fairlead(&event)),
        }
    }
    Some(all)
}

fn announced_one(announcement: &Announcement) -> Option<Happened> {
    let key = announcement.key()?;
    let event = key.as_str().to_owned();
    Some(Happened {
        kind: announcement.kind.clone(),
        time: announcement.time,
        by: Audience::Tenant(announcement.tenantid.clone()),
        message: Message::Partner {
            event: event.clone(),
        },
        event,
    })
}

/// Of Fairlead's own events partners hear of those alone of which they can do something.
fn of_fairlead(event: &CloudEvent) -> Option<Happened> {
    let notice = Notice {
        id: event.id.clone(),
        time: event.time,
        profile_id: event.subject.profile()?,
        absorbed_id: None,
        erasure_id: None,
    };
    let (kind, by, notice) = match &event.data {
        // What a tenant's own code notes of somebody, no partner reads.
        Data::ProfileUpdated { changed, .. } if changed.iter().all(|name| name == TRAITS) => {
            return None;
        }
        Data::ProfileUpdated { profile_id, .. } => (
            "dev.fairlead.profile.updated.v1",
            Audience::OfPerson(*profile_id),
            notice,
        ),
        Data::ProfileMerged {
            profile_id,
            absorbed_id,
            ..
        } => (
            "dev.fairlead.profile.merged.v1",
            Audience::OfPerson(*profile_id),
            Notice {
                absorbed_id: Some(*absorbed_id),
                ..notice
            },
        ),
        Data::ErasureTold {
            erasure_id,
            tenant_id,
            partner_id,
            ..
        } => (
            "dev.fairlead.erasure.told.v1",
            Audience::Partner(tenant_id.clone(), partner_id.clone()),
            of_erasure(notice, erasure_id),
        ),
        Data::ErasureReminded {
            erasure_id,
            tenant_id,
            partner_id,
            ..
        } => (
            "dev.fairlead.erasure.reminded.v1",
            Audience::Partner(tenant_id.clone(), partner_id.clone()),
            of_erasure(notice, erasure_id),
        ),
        _ => return None,
    };
    Some(Happened {
        kind: kind.to_owned(),
        event: event.id.clone(),
        time: event.time,
        by,
        message: Message::Fairlead(notice),
    })
}

/// What the partner has to erase is looked up when it is told.
fn of_erasure(notice: Notice, erasure_id: &ErasureId) -> Notice {
    Notice {
        erasure_id: Some(erasure_id.to_string()),
        ..notice
    }
}
