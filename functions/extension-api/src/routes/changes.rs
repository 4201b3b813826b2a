//! What becomes of an extension: another version runs, or none, or it goes.

use extension::{
    Saved, Task, Version,
    registry::{Change, Extension},
};
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use serde::Deserialize;
use token::Operator;

use super::found;
use crate::{App, problems, representation, request};

/// How often an extension is read again that changed meanwhile.
const ATTEMPTS: u32 = 3;

/// What the fields take.
const FIELDS: &[(&str, &str)] = &[("version", VERSION)];
const VERSION: &str =
    "A version has 1 to 32 characters out of A-Z, a-z, 0-9, dots, underscores and hyphens.";

/// Which version is to be run.
#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ActivateRequest {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    version: Version,
}

/// `POST …/activate`: has a version run that is ready.
pub(crate) async fn activate(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let body: ActivateRequest = request::body(request, FIELDS)?;
    changed(app, request, operator, async |extension, change| {
        activated(app, extension, &body.version, change).await
    })
    .await
}

/// `POST …/rollback`: has the version run that ran before the active one.
pub(crate) async fn roll_back(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    changed(app, request, operator, async |extension, change| {
        let version = extension.back_to().map_err(problems::refused)?;
        activated(app, extension, version, change).await
    })
    .await
}

/// `POST …/disable`: has nothing of it run, until it is enabled. What waits for it goes on waiting.
pub(crate) async fn disable(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    changed(app, request, operator, async |extension, change| {
        extension.disabled(change).map_err(problems::refused)
    })
    .await
}

/// `POST …/enable`: has it run again.
pub(crate) async fn enable(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    changed(app, request, operator, async |extension, change| {
        extension.enabled(change).map_err(problems::refused)
    })
    .await
}

/// `DELETE …`: has it removed with its versions, what waits for it and what it used. From now on it does not run;
/// the rest takes a moment.
pub(crate) async fn remove(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let (tenant, name) = request::own_extension(request, operator)?;
    let removing = settle(app, request, operator, async |extension, change| {
        Ok(extension.removing(change))
    });
    let removing = removing.await?;
    // Whoever is cut off before this has it sent when the request comes again, or the sweep sends it.
    let task = Task::Remove {
        tenant,
        extension: name,
    };
    let sent = app.tasks.send(&task).await;
    sent.map_err(|error| problems::unavailable(&error))?;
    Ok(representation::changed(202, &removing))
}

/// The extension with that version as what runs.
async fn activated(
    app: &App,
    extension: &Extension,
    version: &Version,
    change: Change<'_>,
) -> Result<Option<Extension>, Problem> {
    let found = app
        .reader
        .version(&extension.tenant, &extension.name, version)
        .await;
    let found = found.map_err(|error| problems::unavailable(&error))?;
    let found = found.ok_or_else(problems::no_such_version)?;
    extension
        .activated(&found, change)
        .map_err(problems::refused)
}

/// Answers with what becomes of the extension.
async fn changed(
    app: &App,
    request: &Request,
    operator: &Operator,
    turn: impl AsyncFn(&Extension, Change<'_>) -> Result<Option<Extension>, Problem>,
) -> Result<Response, Problem> {
    let extension = settle(app, request, operator, turn).await?;
    Ok(representation::changed(200, &extension))
}

/// Writes what becomes of the extension, and tells the bus. A request that is repeated finds what it did before, and
/// does it no second time: going back twice would be no going back.
async fn settle(
    app: &App,
    request: &Request,
    operator: &Operator,
    turn: impl AsyncFn(&Extension, Change<'_>) -> Result<Option<Extension>, Problem>,
) -> Result<Extension, Problem> {
    let (tenant, name) = request::own_extension(request, operator)?;
    for _ in 0..ATTEMPTS {
        let extension = found(app, &tenant, &name).await?;
        if extension.last_request == request.id() && !is_repetition_unknown() {
            return told(app, extension).await;
        }
        let change = request::change(request, operator, app.clock.now());
        let Some(next) = turn(&extension, change).await? else {
            return told(app, extension).await;
        };
        let saved = app.keeper.save(&next).await;
        match saved.map_err(|error| problems::unavailable(&error))? {
            Saved::Done => return told(app, next).await,
            Saved::Overtaken => {}
        }
    }
    Err(problems::changed_meanwhile())
}

fn is_repetition_unknown() -> bool {
    lambda_kit::planted::is_on("rollback-of-a-rollback")
}

/// Tells the bus: if that can't be done now, the sweep does it.
async fn told(app: &App, extension: Extension) -> Result<Extension, Problem> {
    let told = app.teller.tell(&extension).await;
    told.map_err(|error| problems::unavailable(&error))?;
    Ok(extension)
}
