//! The routes. All of them answer the same question, of one person or of many.

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use partner::{Answer, Asking, Subject};

use crate::{
    App, lookup,
    target::{self, Target},
};

/// `GET /v1/profiles/{profile_id}`: a person by their id.
pub(crate) async fn read(app: &App, request: &Request) -> Result<Response, Problem> {
    let machine = app.gate.machine(request).await?;
    let target = target::in_path(request)?;
    let asking = Asking::of(&app.gate, request, machine).await?;
    Ok(one(app, &asking, target).await?.into_response())
}

/// `POST /v1/profiles/resolve`: a person by anything that points at them.
pub(crate) async fn resolve(app: &App, request: &Request) -> Result<Response, Problem> {
    let machine = app.gate.machine(request).await?;
    let target = target::in_body(request, &machine)?;
    let asking = Asking::of(&app.gate, request, machine).await?;
    Ok(one(app, &asking, target).await?.into_response())
}

/// `POST /v1/profiles/batch`: up to a hundred people, each answered by itself, in order.
pub(crate) async fn batch(app: &App, request: &Request) -> Result<Response, Problem> {
    let machine = app.gate.machine(request).await?;
    let targets = target::all_in_body(request, &machine)?;
    let asking = Asking::of(&app.gate, request, machine).await?;
    let subjects = look_up(app, &asking, &targets).await?;
    Ok(Answer::all(&app.gate.answers(&asking, subjects).await?))
}

async fn one(app: &App, asking: &Asking, target: Target) -> Result<Answer, Problem> {
    let mut subjects = look_up(app, asking, &[target]).await?;
    let subject = subjects.pop().unwrap_or_else(Subject::nobody);
    app.gate.answer(asking, subject).await
}

/// Finds each of `targets`, in order: identifiers in one call, then profiles and consents in another.
async fn look_up(app: &App, asking: &Asking, targets: &[Target]) -> Result<Vec<Subject>, Problem> {
    let ids = lookup::ids(app, targets).await?;
    app.gate.look_up(asking, &ids).await
}
