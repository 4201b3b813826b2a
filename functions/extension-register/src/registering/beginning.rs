//! Whether a package may be a version, and its rows.

use extension::{
    Manifest, Package, Problem, Saved,
    registry::{
        Extension, ExtensionState, ExtensionVersion, Host, HostState, NewVersion, Quotas, Upload,
        UploadKey, VersionState, hex,
    },
};

use crate::{ATTEMPTS, App, RegisterError, keys};

/// What became of a package.
pub(super) enum Begun {
    /// It is a version that is to be made ready.
    Registering(Box<ExtensionVersion>),
    /// It is a version that can be run.
    Ready,
    /// It can't be one.
    Refused(Vec<Problem>),
}

/// Begins the version that the package is, or finds it begun: with the first version of an extension the extension
/// is, and with its first extension the tenant's host.
pub(super) async fn begin(
    app: &App,
    key: &UploadKey,
    upload: &Upload,
    package: &Package,
) -> Result<Begun, RegisterError> {
    let manifest = package.manifest();
    if let Some(problem) = unknown_purpose(app, key, manifest).await? {
        return Ok(Begun::Refused(vec![problem]));
    }
    let digest = hex(&package.digest());
    for _ in 0..ATTEMPTS {
        let version = manifest.version();
        let found = app
            .reader
            .version(&key.tenant, &key.extension, version)
            .await?;
        let refused = match found.map(|found| standing(found, &digest, manifest)) {
            None => None,
            Some(Standing::Refused(refused)) => Some(refused),
            Some(Standing::Settled(begun)) => return Ok(begun),
        };
        let change = app.change(upload, key);
        let package_key = keys::package(&key.tenant, &key.extension, &digest);
        let new = NewVersion {
            tenant: &key.tenant,
            name: &key.extension,
            manifest,
            digest: &digest,
            package_key: &package_key,
            upload: key.id.as_str(),
        };
        let version = ExtensionVersion::begun(&new, refused.as_deref(), change);
        let saved = match app.reader.find(&key.tenant, &key.extension).await? {
            Some(extension) if extension.state == ExtensionState::Removing => {
                let problem = "the extension is being removed: push it again once it is gone";
                return Ok(refusal("name", problem));
            }
            Some(_) => app.keeper.begin(&version, None).await?,
            None => {
                let host = match place(app.reader.host(&key.tenant).await?, key)? {
                    Ok(host) => host,
                    Err(begun) => return Ok(begun),
                };
                let extension = Extension::begun(&key.tenant, &key.extension, change);
                app.keeper
                    .begin(&version, Some((&extension, &host)))
                    .await?
            }
        };
        if saved == Saved::Done {
            return Ok(Begun::Registering(Box::new(version)));
        }
    }
    Err(RegisterError::Overtaken)
}

/// What stands under the version's name.
enum Standing {
    /// What was refused: another package may take its place.
    Refused(Box<ExtensionVersion>),
    /// What makes the package what it is.
    Settled(Begun),
}

fn standing(found: ExtensionVersion, digest: &str, manifest: &Manifest) -> Standing {
    match found.state {
        VersionState::Refused => Standing::Refused(Box::new(found)),
        _ if found.digest != digest => {
            let problem = format!(
                "version {} is other code: give this one another version",
                manifest.version()
            );
            Standing::Settled(refusal("version", &problem))
        }
        VersionState::Ready => Standing::Settled(Begun::Ready),
        VersionState::Registering => Standing::Settled(Begun::Registering(Box::new(found))),
    }
}

/// The tenant's host with a place for one more, within its quota. While one is being removed there is none: the
/// message comes again.
fn place(host: Option<Host>, key: &UploadKey) -> Result<Result<Host, Begun>, RegisterError> {
    let Some(host) = host else {
        return Ok(Ok(Host::begun(&key.tenant)));
    };
    if host.state == HostState::Removing {
        return Err(RegisterError::Overtaken);
    }
    if host.extensions >= Quotas::EXTENSIONS {
        let problem = format!(
            "the tenant has {} extensions, and can't have more: remove one first",
            host.extensions
        );
        return Ok(Err(refusal("name", &problem)));
    }
    host.with_one_more().map(Ok).ok_or(RegisterError::Overtaken)
}

/// A purpose that the tenant does not have allows nothing, so that the extension would never be run on a person's
/// events.
async fn unknown_purpose(
    app: &App,
    key: &UploadKey,
    manifest: &Manifest,
) -> Result<Option<Problem>, RegisterError> {
    let Some(purpose) = manifest.purpose() else {
        return Ok(None);
    };
    let known = app.purposes.all(&key.tenant).await?;
    Ok(known.get(purpose).is_none().then(|| {
        let problem =
            format!("the tenant has no purpose {purpose}: define it first, or name another one");
        Problem::new("purpose", problem)
    }))
}

fn refusal(field: &str, problem: &str) -> Begun {
    Begun::Refused(vec![Problem::new(field, problem)])
}
