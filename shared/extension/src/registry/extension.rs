//! An extension: what runs of it, and on what.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenancy::{ExtensionName, Purpose, TenantId};

use super::{Change, ExtensionVersion, VersionState, may_run_unready};
use crate::{Filter, Kind, Version, WantedType};

/// Row `<tenant>`, `extension#<name>` of the directory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Extension {
    /// Whose.
    pub tenant: TenantId,
    /// What it is called.
    pub name: ExtensionName,
    /// Whether it runs.
    pub state: ExtensionState,
    /// What runs of it; nothing before its first version is ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<Version>,
    /// What ran before that, and is gone back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Version>,
    /// How the active version is run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// On which types of events it runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<WantedType>,
    /// On which of those: a pattern in JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
    /// For which purpose it gets what they say of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// Whether events of a person come one after the other.
    #[serde(default)]
    pub ordered: bool,
    /// For how long it may run on an event, in milliseconds.
    #[serde(default)]
    pub timeout_ms: u32,
    /// Grows with every change.
    pub revision: u64,
    /// The revision of which the bus was told last.
    #[serde(default)]
    pub told: u64,
    /// When it was registered first.
    pub created_at: Timestamp,
    /// When it changed last.
    pub changed_at: Timestamp,
    /// By which login.
    pub changed_by: String,
    /// By which request, or which upload.
    pub last_request: String,
}

/// Whether an extension runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ExtensionState {
    /// Its first version is not ready yet.
    Registering,
    /// It runs.
    Active,
    /// An operator stopped it.
    Disabled,
    /// It is on its way out, and comes back by no means.
    Removing,
}

/// Why something can't become of an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is being removed.
    #[error("the extension is being removed")]
    Removing,
    /// No version of it was ever ready.
    #[error("no version of the extension is ready yet")]
    NothingReady,
    /// The version is not ready.
    #[error("the version is not ready")]
    NotReady,
    /// There is no version before the active one.
    #[error("there is no version to go back to")]
    NoPrevious,
}

impl Extension {
    /// One that is new.
    #[must_use]
    pub fn begun(tenant: &TenantId, name: &ExtensionName, change: Change<'_>) -> Self {
        Self {
            tenant: tenant.clone(),
            name: name.clone(),
            state: ExtensionState::Registering,
            active: None,
            previous: None,
            kind: None,
            events: Vec::new(),
            filter: None,
            purpose: None,
            ordered: false,
            timeout_ms: 0,
            revision: 1,
            told: 0,
            created_at: change.at,
            changed_at: change.at,
            changed_by: change.by.to_owned(),
            last_request: change.request.to_owned(),
        }
    }

    /// Which events of its types it wants. A pattern that can't be read any more is one that nothing matches, so
    /// it is an error and no `None`.
    pub fn filter(&self) -> Result<Option<Filter>, serde_json::Error> {
        let text = self.filter.as_deref();
        text.map(serde_json::from_str).transpose()
    }

    /// With `version` as what runs; `None` if it is that by now. One that is disabled stays so: whoever pushes a
    /// version does not switch on what somebody switched off.
    pub fn activated(
        &self,
        version: &ExtensionVersion,
        change: Change<'_>,
    ) -> Result<Option<Self>, Refused> {
        self.is_not_removing()?;
        if version.state != VersionState::Ready && !may_run_unready() {
            return Err(Refused::NotReady);
        }
        if self.active.as_ref() == Some(&version.version) {
            return Ok(None);
        }
        let manifest = &version.manifest;
        let state = match self.state {
            ExtensionState::Registering => ExtensionState::Active,
            other => other,
        };
        Ok(Some(Self {
            state,
            active: Some(version.version.clone()),
            previous: self.active.clone(),
            kind: Some(manifest.kind()),
            events: manifest.events().to_vec(),
            filter: manifest
                .filter()
                .and_then(|filter| serde_json::to_string(filter).ok()),
            purpose: manifest.purpose().cloned(),
            ordered: manifest.is_ordered(),
            timeout_ms: manifest.timeout_ms(),
            ..self.changed(change)
        }))
    }

    /// The version that it goes back to.
    pub fn back_to(&self) -> Result<&Version, Refused> {
        self.is_not_removing()?;
        self.previous.as_ref().ok_or(Refused::NoPrevious)
    }

    /// Stopped; `None` if it is. What waits for it goes on waiting.
    pub fn disabled(&self, change: Change<'_>) -> Result<Option<Self>, Refused> {
        self.switched(ExtensionState::Disabled, change)
    }

    /// Running again; `None` if it is.
    pub fn enabled(&self, change: Change<'_>) -> Result<Option<Self>, Refused> {
        self.switched(ExtensionState::Active, change)
    }

    fn switched(&self, state: ExtensionState, change: Change<'_>) -> Result<Option<Self>, Refused> {
        self.is_not_removing()?;
        if self.active.is_none() {
            return Err(Refused::NothingReady);
        }
        if self.state == state {
            return Ok(None);
        }
        let changed = self.changed(change);
        Ok(Some(Self { state, ..changed }))
    }

    /// On its way out; `None` if it is.
    #[must_use]
    pub fn removing(&self, change: Change<'_>) -> Option<Self> {
        (self.state != ExtensionState::Removing).then(|| Self {
            state: ExtensionState::Removing,
            ..self.changed(change)
        })
    }

    /// Whether a version has to stay: it runs, or is gone back to.
    #[must_use]
    pub fn needs(&self, version: &Version) -> bool {
        self.active.as_ref() == Some(version) || self.previous.as_ref() == Some(version)
    }

    /// Whether the bus was told of its last change.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.told >= self.revision
    }

    const fn is_not_removing(&self) -> Result<(), Refused> {
        match self.state {
            ExtensionState::Removing => Err(Refused::Removing),
            _ => Ok(()),
        }
    }

    fn changed(&self, change: Change<'_>) -> Self {
        Self {
            revision: self.revision + 1,
            changed_at: change.at,
            changed_by: change.by.to_owned(),
            last_request: change.request.to_owned(),
            ..self.clone()
        }
    }
}
