//! What the tenant has registered: which version runs, and where its code is.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_types::SdkConfig;
use extension::{
    ExtensionReader, RegistryError, Version,
    registry::{CodeAt, Extension, ExtensionState, ExtensionVersion},
};
use jiff::Timestamp;
use lambda_kit::clock::{Clock, later};
use tenancy::{ExtensionName, TenantId};

/// For how long it serves without asking again which version runs.
const FRESH: Duration = Duration::from_secs(5);

/// Reads what the tenant has registered: `dynamodb:GetItem` on its part of the directory.
#[derive(Debug)]
pub(crate) struct Registered {
    reader: ExtensionReader,
    tenant: TenantId,
    clock: Clock,
    active: Mutex<HashMap<ExtensionName, (Timestamp, Option<Extension>)>>,
    /// Versions that are ready: they stay as they are.
    versions: Mutex<HashMap<(ExtensionName, Version), Arc<ExtensionVersion>>>,
}

/// What runs of an extension.
#[derive(Debug)]
pub(crate) enum Runs {
    /// This version.
    Version(Box<(Arc<ExtensionVersion>, CodeAt)>),
    /// Nothing for now: an operator of the tenant's stopped it.
    Stopped,
    /// Nothing any more.
    Gone,
}

impl Registered {
    pub(crate) fn new(sdk: &SdkConfig, directory: &str, tenant: TenantId, clock: Clock) -> Self {
        Self {
            reader: ExtensionReader::new(sdk, directory),
            tenant,
            clock,
            active: Mutex::default(),
            versions: Mutex::default(),
        }
    }

    /// What runs of `name` now.
    pub(crate) async fn of(&self, name: &ExtensionName) -> Result<Runs, RegistryError> {
        let Some(extension) = self.extension(name).await? else {
            return Ok(Runs::Gone);
        };
        match extension.state {
            ExtensionState::Active => {}
            ExtensionState::Disabled | ExtensionState::Registering => return Ok(Runs::Stopped),
            ExtensionState::Removing => return Ok(Runs::Gone),
        }
        let Some(version) = extension.active else {
            return Ok(Runs::Stopped);
        };
        let Some(version) = self.version(name, &version).await? else {
            return Ok(Runs::Stopped);
        };
        let Some(code) = version.code.clone() else {
            return Ok(Runs::Stopped);
        };
        Ok(Runs::Version(Box::new((version, code))))
    }

    async fn extension(&self, name: &ExtensionName) -> Result<Option<Extension>, RegistryError> {
        let now = self.clock.now();
        let seen = lock(&self.active).get(name).cloned();
        if let Some((until, extension)) = seen
            && now < until
        {
            return Ok(extension);
        }
        let extension = self.reader.find(&self.tenant, name).await?;
        let kept = (later(now, FRESH), extension.clone());
        lock(&self.active).insert(name.clone(), kept);
        Ok(extension)
    }

    async fn version(
        &self,
        name: &ExtensionName,
        version: &Version,
    ) -> Result<Option<Arc<ExtensionVersion>>, RegistryError> {
        let key = (name.clone(), version.clone());
        if let Some(version) = lock(&self.versions).get(&key) {
            return Ok(Some(Arc::clone(version)));
        }
        let found = self.reader.version(&self.tenant, name, version).await?;
        let Some(found) = found.map(Arc::new) else {
            return Ok(None);
        };
        if found.code.is_some() {
            lock(&self.versions).insert(key, Arc::clone(&found));
        }
        Ok(Some(found))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
