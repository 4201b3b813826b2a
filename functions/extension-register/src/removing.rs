//! Extensions on their way out, with all that there is of them. Their rows go last: whatever was cut off before
//! is found by them.

use std::collections::BTreeSet;

use extension::{
    HostingError, Saved,
    registry::{Extension, ExtensionState, Host, HostState, Quotas, UploadKey, VersionState},
};
use lambda_kit::planted;
use tenancy::{ExtensionName, TenantId};

use crate::{ATTEMPTS, App, RegisterError, keys};

/// Removes an extension that is on its way out, and the tenant's host with the last one.
pub(crate) async fn remove(
    app: &App,
    tenant: &TenantId,
    name: &ExtensionName,
) -> Result<(), RegisterError> {
    if let Some(extension) = app.reader.find(tenant, name).await? {
        if extension.state != ExtensionState::Removing {
            return Ok(());
        }
        if planted::is_on("extension-forgotten-first") {
            forget(app, &extension).await?;
        }
        empty(app, tenant, name).await?;
        for version in app.reader.versions(tenant, name).await? {
            app.keeper.forget_version(&version).await?;
        }
        app.teller.tell_removed(&extension).await?;
        forget(app, &extension).await?;
    }
    let host = app.reader.host(tenant).await?;
    match host.filter(|host| host.state == HostState::Removing) {
        Some(host) => remove_host(app, &host).await,
        None => Ok(()),
    }
}

/// Removes what there is under the name of an extension that is not there.
pub(crate) async fn sweep(
    app: &App,
    tenant: &TenantId,
    name: &ExtensionName,
) -> Result<(), RegisterError> {
    match app.reader.find(tenant, name).await? {
        Some(_) => Ok(()),
        None => empty(app, tenant, name).await,
    }
}

/// Removes what a registration left behind that was cut off, after its extension was removed with all of its uploads.
pub(crate) async fn clean_up(app: &App, key: &UploadKey) -> Result<(), RegisterError> {
    sweep(app, &key.tenant, &key.extension).await?;
    match app.reader.host(&key.tenant).await? {
        Some(_) => Ok(()),
        None => Ok(app
            .hosts
            .remove(&key.tenant)
            .await
            .map_err(HostingError::from)?),
    }
}

/// Removes its function, if it has one, and all that lies of it.
async fn empty(app: &App, tenant: &TenantId, name: &ExtensionName) -> Result<(), RegisterError> {
    app.hosts.remove_function(tenant, name).await?;
    for prefix in keys::all_of(tenant, name) {
        app.remover.remove_below(&prefix).await?;
    }
    Ok(())
}

/// Removes the row of an extension and its place in the host.
async fn forget(app: &App, extension: &Extension) -> Result<(), RegisterError> {
    for _ in 0..ATTEMPTS {
        let Some(host) = app.reader.host(&extension.tenant).await? else {
            return Ok(());
        };
        if app.keeper.forget(extension, &host.with_one_less()).await? == Saved::Done {
            app.metrics.count("extensions_removed", 1);
            return Ok(());
        }
        if app
            .reader
            .find(&extension.tenant, &extension.name)
            .await?
            .is_none()
        {
            return Ok(());
        }
    }
    Err(RegisterError::Overtaken)
}

/// Removes a host that nothing is there for any more, and then its row.
pub(crate) async fn remove_host(app: &App, host: &Host) -> Result<(), RegisterError> {
    app.hosts.remove(&host.tenant).await?;
    match app.keeper.forget_host(host).await? {
        Saved::Done => {
            app.metrics.count("extension_hosts_removed", 1);
            Ok(())
        }
        // It is gone by now.
        Saved::Overtaken => Ok(()),
    }
}

/// Removes the oldest versions of an extension that are more than are kept, with what lies of them alone. Those that
/// run, are gone back to or are being registered stay.
pub(crate) async fn prune(app: &App, extension: &Extension) -> Result<(), RegisterError> {
    let mut versions = app
        .reader
        .versions(&extension.tenant, &extension.name)
        .await?;
    versions.sort_by_key(|version| version.created_at);
    let surplus = versions.len().saturating_sub(Quotas::VERSIONS);
    let is_free = |n: usize| {
        versions.get(n).is_some_and(|version| {
            version.state != VersionState::Registering && !extension.needs(&version.version)
        })
    };
    let going: BTreeSet<usize> = (0..versions.len())
        .filter(|n| is_free(*n))
        .take(surplus)
        .collect();
    let staying = versions
        .iter()
        .enumerate()
        .filter(|(n, _)| !going.contains(n));
    let used: BTreeSet<String> = staying.flat_map(|(_, version)| keys::of(version)).collect();
    for version in going.iter().filter_map(|n| versions.get(*n)) {
        for key in keys::of(version).difference(&used) {
            app.remover.remove_below(key).await?;
        }
        if let Some(code) = &version.code {
            app.hosts.remove_version(code).await?;
        }
        app.keeper.forget_version(version).await?;
    }
    Ok(())
}
