//! A package, from when it lies in the bucket until its code can be run, or until it is said why not.

mod beginning;

use extension::{
    Compiled, Fetched, Kind, Manifest, Package, Problem, Saved, ToCompile, WantedCode,
    registry::{CodeAt, ExtensionVersion, Quotas, Step, Upload, UploadKey, VersionState, hex},
};
use sha2::{Digest as _, Sha256};

use self::beginning::Begun;
use crate::{ATTEMPTS, App, RegisterError, hosts, keys, removing};

/// What a package is taken for in the bucket.
const ARCHIVE: &str = "application/zip";
const CODE: &str = "application/octet-stream";

/// Registers what was uploaded under `key`. Told again of the same upload, it does nothing more.
pub(crate) async fn register(app: &App, key: &UploadKey) -> Result<(), RegisterError> {
    let upload = app.uploads.find(key).await?;
    // Whoever put it there by other means than the API is told nothing, and nothing else changes by that.
    let upload = upload.unwrap_or_else(|| Upload::waiting(crate::PLATFORM, app.clock.now()));
    if upload.is_over() {
        return told(app, key).await;
    }
    let (bytes, package) = match read(app, key).await? {
        Ok(read) => read,
        Err(problems) => return refuse(app, key, &upload, problems).await,
    };
    let manifest = package.manifest();
    let version = match beginning::begin(app, key, &upload, &package).await? {
        Begun::Registering(version) => *version,
        Begun::Ready => return done(app, key, &upload, manifest).await,
        Begun::Refused(problems) => return refuse(app, key, &upload, problems).await,
    };
    let code = package.code();
    app.objects
        .create(&version.package_key, ARCHIVE, bytes)
        .await?;
    let code_sha256 = hex(&Sha256::digest(&code));
    let code_key = keys::code(&key.tenant, &key.extension, manifest.kind(), &code_sha256);
    app.objects.create(&code_key, CODE, code).await?;
    note(app, key, &upload, (Step::Read, &version)).await?;
    let compiled = compile(app, key, manifest, (&code_sha256, &code_key)).await?;
    let compiled = match compiled {
        Ok(compiled) => compiled,
        Err(problems) => {
            // What was refused meanwhile stays so.
            _ = app
                .keeper
                .end(&version.refused(problems.clone()), None)
                .await?;
            return refuse(app, key, &upload, problems).await;
        }
    };
    note(app, key, &upload, (Step::Compiled, &version)).await?;
    Box::pin(hosts::ensure(app, &key.tenant, manifest.is_ordered())).await?;
    let code = match compiled {
        Some(code) => code,
        None => provisioned(app, key, manifest, code_key).await?,
    };
    note(app, key, &upload, (Step::Provisioned, &version)).await?;
    activate(app, (key, &upload), &version, code).await?;
    app.metrics.count("extension_versions_registered", 1);
    done(app, key, &upload, manifest).await
}

/// The package under `key`, and what is wrong with it.
async fn read(
    app: &App,
    key: &UploadKey,
) -> Result<Result<(Vec<u8>, Package), Vec<Problem>>, RegisterError> {
    let wrong = |problem: &str| Ok(Err(vec![Problem::new("", problem)]));
    let bytes = match app.packages.fetch(&key.to_string(), Quotas::UPLOAD).await? {
        Fetched::Bytes(bytes) => bytes,
        Fetched::TooLarge => return wrong("the package is larger than a package may be: 20 MiB"),
        Fetched::Gone => {
            removing::clean_up(app, key).await?;
            return wrong("the package is not there any more: push it again");
        }
    };
    let package = match Package::read(&bytes) {
        Ok(package) => package,
        Err(problems) => return Ok(Err(problems)),
    };
    if *package.manifest().name() != key.extension {
        let problem = format!(
            "the package is {}, and it was pushed as {}: push it as what it is",
            package.manifest().name(),
            key.extension
        );
        return Ok(Err(vec![Problem::new("name", problem)]));
    }
    Ok(Ok((bytes, package)))
}

/// What is compiled of a module; `None` of what needs no compiling.
async fn compile(
    app: &App,
    key: &UploadKey,
    manifest: &Manifest,
    (sha256, code_key): (&str, &str),
) -> Result<Result<Option<CodeAt>, Vec<Problem>>, RegisterError> {
    if manifest.kind() == Kind::Lambda {
        return Ok(Ok(None));
    }
    let module = ToCompile {
        tenant: &key.tenant,
        extension: &key.extension,
        sha256,
        code_key,
    };
    Ok(match app.compiler.compile(&module).await? {
        Compiled::Compiled { key } => Ok(Some(CodeAt::Wasm {
            module_sha256: sha256.to_owned(),
            code_key: code_key.to_owned(),
            compiled_key: key,
        })),
        Compiled::Refused { problems } => Err(problems
            .into_iter()
            .map(|problem| Problem::new("code", problem))
            .collect()),
    })
}

/// The function of an extension that has one of its own.
async fn provisioned(
    app: &App,
    key: &UploadKey,
    manifest: &Manifest,
    code_key: String,
) -> Result<CodeAt, RegisterError> {
    let code = WantedCode {
        bucket: app.bucket.clone(),
        key: code_key,
    };
    let made = app
        .hosts
        .make_function(&key.tenant, manifest, &code)
        .await?;
    made.ok_or(RegisterError::Overtaken)
}

/// Puts on record that the version can be run, and has it run: at once, so that neither is without the other.
async fn activate(
    app: &App,
    (key, upload): (&UploadKey, &Upload),
    version: &ExtensionVersion,
    code: CodeAt,
) -> Result<(), RegisterError> {
    let ready = version.ready(code);
    for _ in 0..ATTEMPTS {
        let extension = app.reader.find(&version.tenant, &version.name).await?;
        let extension = extension.ok_or(RegisterError::Overtaken)?;
        let change = app.change(upload, key);
        // One that is on its way out takes its versions with it.
        let Ok(activated) = extension.activated(&ready, change) else {
            return Ok(());
        };
        if app.keeper.end(&ready, activated.as_ref()).await? == Saved::Done {
            return Ok(());
        }
        let found = app
            .reader
            .version(&version.tenant, &version.name, &version.version)
            .await?;
        if found.is_none_or(|found| found.state != VersionState::Registering) {
            return Ok(());
        }
    }
    Err(RegisterError::Overtaken)
}

/// The upload is over: what there is to say of it is said, and to the bus as well.
async fn done(
    app: &App,
    key: &UploadKey,
    upload: &Upload,
    manifest: &Manifest,
) -> Result<(), RegisterError> {
    // Whoever wrote that it is over meanwhile wrote the same.
    _ = app
        .uploads
        .save(key, &upload.done(manifest.version()))
        .await?;
    told(app, key).await
}

async fn told(app: &App, key: &UploadKey) -> Result<(), RegisterError> {
    let Some(extension) = app.reader.find(&key.tenant, &key.extension).await? else {
        return Ok(());
    };
    app.teller.tell(&extension).await?;
    removing::prune(app, &extension).await
}

async fn refuse(
    app: &App,
    key: &UploadKey,
    upload: &Upload,
    problems: Vec<Problem>,
) -> Result<(), RegisterError> {
    _ = app.uploads.save(key, &upload.refused(problems)).await?;
    app.metrics.count("extension_uploads_refused", 1);
    Ok(())
}

/// How far it is, for whoever waits for it.
async fn note(
    app: &App,
    key: &UploadKey,
    upload: &Upload,
    (step, version): (Step, &ExtensionVersion),
) -> Result<(), RegisterError> {
    _ = app
        .uploads
        .save(key, &upload.at(step, &version.version))
        .await?;
    Ok(())
}

/// Says that the platform can't do it, and would not be able to a second time. Nobody's package is to blame for
/// that: somebody has to look.
pub(crate) async fn give_up(
    app: &App,
    key: &UploadKey,
    error: &RegisterError,
) -> Result<(), RegisterError> {
    tracing::error!(error = %lambda_kit::Chain(error), "a package can't be registered");
    app.metrics.count("extension_uploads_given_up", 1);
    let upload = app.uploads.find(key).await?;
    let upload = upload.unwrap_or_else(|| Upload::waiting(crate::PLATFORM, app.clock.now()));
    let problem = "the platform can't provide for it at the moment, and its operators know; push it again later";
    let problems = vec![Problem::new("", problem)];
    if let Some(version) = upload
        .version
        .as_ref()
        .map(|version| app.reader.version(&key.tenant, &key.extension, version))
        && let Some(version) = version.await?
        && version.state == VersionState::Registering
    {
        _ = app
            .keeper
            .end(&version.refused(problems.clone()), None)
            .await?;
    }
    refuse(app, key, &upload, problems).await
}
