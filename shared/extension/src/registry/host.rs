//! The host of a tenant: what runs its extensions, and the queues that it takes events from.

use serde::{Deserialize, Serialize};
use tenancy::TenantId;

/// Row `<tenant>`, `extension-host` of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Whose.
    pub tenant: TenantId,
    /// How far it is.
    pub state: HostState,
    /// How many extensions it is there for, those that are being removed, too.
    pub extensions: u32,
    /// Whether it has a queue in order. It is never taken from it: what lies there would be lost.
    #[serde(default)]
    pub ordered: bool,
    /// What it consists of, once that is there.
    #[serde(default, flatten, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
    /// Of which template and code it was made: another one is drift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_of: Option<String>,
    /// Grows with every change.
    pub revision: u64,
}

/// How far a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum HostState {
    /// Parts of it are still to be made.
    Provisioning,
    /// All of it is there.
    Ready,
    /// Nothing is there for it any more, and it is being removed.
    Removing,
}

/// What a host consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    /// The queue that its events come by.
    pub queue_url: String,
    /// Its ARN.
    pub queue_arn: String,
    /// The queue in order, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fifo_url: Option<String>,
    /// Its ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fifo_arn: Option<String>,
    /// Where ends what could not be done.
    pub dead_letters_url: String,
    /// Its ARN.
    pub dead_letters_arn: String,
    /// The function.
    pub function_arn: String,
    /// What the function may do.
    pub role_arn: String,
}

impl Host {
    /// One that is new, for the first extension of a tenant.
    #[must_use]
    pub fn begun(tenant: &TenantId) -> Self {
        Self {
            tenant: tenant.clone(),
            state: HostState::Provisioning,
            extensions: 1,
            ordered: false,
            resources: None,
            made_of: None,
            revision: 1,
        }
    }

    /// For one extension more; `None` while it is being removed: then there will soon be none.
    #[must_use]
    pub fn with_one_more(&self) -> Option<Self> {
        (self.state != HostState::Removing).then(|| Self {
            extensions: self.extensions + 1,
            ..self.changed()
        })
    }

    /// For one extension less; being removed if that was the last one.
    #[must_use]
    pub fn with_one_less(&self) -> Self {
        let extensions = self.extensions.saturating_sub(1);
        let state = match extensions {
            0 => HostState::Removing,
            _ => self.state,
        };
        Self {
            state,
            extensions,
            ..self.changed()
        }
    }

    /// With a queue in order; `None` if it has one.
    #[must_use]
    pub fn in_order(&self) -> Option<Self> {
        (!self.ordered).then(|| Self {
            ordered: true,
            state: HostState::Provisioning,
            ..self.changed()
        })
    }

    /// With all that it consists of; `None` if that is on record.
    #[must_use]
    pub fn ready(&self, resources: Resources, made_of: String) -> Option<Self> {
        let ready = Self {
            state: HostState::Ready,
            resources: Some(resources),
            made_of: Some(made_of),
            ..self.changed()
        };
        let is_known = self.state == ready.state
            && self.resources == ready.resources
            && self.made_of == ready.made_of;
        (self.state != HostState::Removing && !is_known).then_some(ready)
    }

    fn changed(&self) -> Self {
        Self {
            revision: self.revision + 1,
            ..self.clone()
        }
    }
}
