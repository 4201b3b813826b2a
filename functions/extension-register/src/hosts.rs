//! Hosts of tenants: made for the first extension, mended when something of them is gone, removed with the last.

use extension::{
    Compiled, Kind, Saved, ToCompile, WantedCode,
    registry::{
        CodeAt, Extension, ExtensionState, ExtensionVersion, Host, HostState, VersionState,
    },
};
use tenancy::TenantId;

use crate::{ATTEMPTS, App, RegisterError, removing};

/// Makes sure that the tenant's host is there, with a queue in order if `ordered`. One that is on record as made of
/// what hosts are made of now is not looked at: that is the sweep's.
pub(crate) async fn ensure(
    app: &App,
    tenant: &TenantId,
    ordered: bool,
) -> Result<(), RegisterError> {
    for _ in 0..ATTEMPTS {
        let host = app.reader.host(tenant).await?;
        let host = host.ok_or(RegisterError::Overtaken)?;
        if host.state == HostState::Removing {
            return Err(RegisterError::Overtaken);
        }
        let host = match host.in_order().filter(|_| ordered) {
            None => host,
            Some(in_order) => match app.keeper.save_host(&in_order).await? {
                Saved::Done => in_order,
                Saved::Overtaken => continue,
            },
        };
        if is_made_of_this(app, &host)? || make(app, &host).await? {
            return Ok(());
        }
    }
    Err(RegisterError::Overtaken)
}

fn is_made_of_this(app: &App, host: &Host) -> Result<bool, RegisterError> {
    let made_of = app.hosts.made_of(&host.tenant, host.ordered);
    let made_of = made_of.map_err(extension::HostingError::from)?;
    Ok(host.state == HostState::Ready && host.made_of.as_ref() == Some(&made_of))
}

/// Makes a host as it is to be, and puts that on record; `false` if its row changed meanwhile. Whoever removed it
/// meanwhile may have been done before this was: what was made since goes again.
async fn make(app: &App, host: &Host) -> Result<bool, RegisterError> {
    let tenant = &host.tenant;
    let made_of = app.hosts.made_of(tenant, host.ordered);
    let made_of = made_of.map_err(extension::HostingError::from)?;
    if host.made_of.as_ref().is_some_and(|made| *made != made_of) {
        compile_anew(app, tenant).await?;
    }
    let resources = app.hosts.make(tenant, host.ordered).await?;
    let Some(ready) = host.ready(resources, made_of) else {
        return Ok(true);
    };
    if app.keeper.save_host(&ready).await? == Saved::Done {
        app.metrics.count("extension_hosts_made", 1);
        return Ok(true);
    }
    if app.reader.host(tenant).await?.is_none() {
        app.hosts.remove(tenant).await?;
    }
    Ok(false)
}

/// Makes sure that all that runs the tenant's extensions is as it is to be, and that nothing is left of those that
/// are on their way out; or that there is nothing, if the tenant has no extension.
pub(crate) async fn mend(app: &App, tenant: &TenantId) -> Result<(), RegisterError> {
    for extension in app.reader.all(tenant).await? {
        if extension.state == ExtensionState::Removing {
            removing::remove(app, tenant, &extension.name).await?;
        } else {
            app.teller.tell(&extension).await?;
            Box::pin(mend_function(app, &extension)).await?;
        }
    }
    match app.reader.host(tenant).await? {
        None => Ok(app.hosts.remove(tenant).await?),
        Some(host) if host.state == HostState::Removing => removing::remove_host(app, &host).await,
        Some(host) if make(app, &host).await? => Ok(()),
        Some(_) => Err(RegisterError::Overtaken),
    }
}

/// Has every module of the tenant compiled for the engine that there is: another host may have another one. What was
/// compiled for it already stays as it is.
async fn compile_anew(app: &App, tenant: &TenantId) -> Result<(), RegisterError> {
    for extension in app.reader.all(tenant).await? {
        for version in app.reader.versions(tenant, &extension.name).await? {
            if version.state == VersionState::Ready {
                compile_version(app, &version).await?;
            }
        }
    }
    Ok(())
}

async fn compile_version(app: &App, version: &ExtensionVersion) -> Result<(), RegisterError> {
    let Some(CodeAt::Wasm {
        module_sha256,
        code_key,
        compiled_key,
    }) = &version.code
    else {
        return Ok(());
    };
    let module = ToCompile {
        tenant: &version.tenant,
        extension: &version.name,
        sha256: module_sha256,
        code_key,
    };
    match app.compiler.compile(&module).await? {
        Compiled::Compiled { key } if key != *compiled_key => {
            let code = CodeAt::Wasm {
                module_sha256: module_sha256.clone(),
                code_key: code_key.clone(),
                compiled_key: key,
            };
            // Whoever changed the version meanwhile had it compiled by the same engine.
            _ = app.keeper.end(&version.ready(code), None).await?;
        }
        Compiled::Compiled { .. } => {}
        Compiled::Refused { .. } => {
            tracing::error!(tenant.id = %version.tenant, extension = %version.name, version = %version.version,
                "the engine does not take any more what it took before");
            app.metrics.count("extension_versions_refused_anew", 1);
        }
    }
    Ok(())
}

/// Makes the function of an extension anew if it is gone, of each version that it needs.
async fn mend_function(app: &App, extension: &Extension) -> Result<(), RegisterError> {
    if extension.kind != Some(Kind::Lambda) {
        return Ok(());
    }
    // The active one comes last: the function stays as that.
    for version in [&extension.previous, &extension.active]
        .into_iter()
        .flatten()
    {
        let found = app
            .reader
            .version(&extension.tenant, &extension.name, version)
            .await?;
        let Some(found) = found else { continue };
        let Some(CodeAt::Lambda { code_key, .. }) = &found.code else {
            continue;
        };
        let code = WantedCode {
            bucket: app.bucket.clone(),
            key: code_key.clone(),
        };
        let made = app
            .hosts
            .make_function(&extension.tenant, &found.manifest, &code);
        if let Some(code) = made.await?
            && found.code.as_ref() != Some(&code)
        {
            // Whoever changed the version meanwhile has its function made as well.
            _ = app.keeper.end(&found.ready(code), None).await?;
        }
    }
    Ok(())
}
