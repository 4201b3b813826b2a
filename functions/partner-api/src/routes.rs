//! The routes. All of them answer the same question, of one person or of many.

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use partner::{Answer, Asker, Asking, problems};

use crate::{
    App, lookup,
    target::{self, Target},
};

/// `GET /v1/profiles/{profile_id}`: a person by their id.
pub(crate) async fn read(app: &App, request: &Request) -> Result<Response, Problem> {
    let asker = app.gate.asker_or_operator(request).await?;
    let target = target::in_path(request)?;
    one(app, request, asker, target).await
}

/// `POST /v1/profiles/resolve`: a person by anything that points at them.
pub(crate) async fn resolve(app: &App, request: &Request) -> Result<Response, Problem> {
    let asker = app.gate.asker_or_operator(request).await?;
    let target = target::in_body(request, asker.machine())?;
    one(app, request, asker, target).await
}

/// `POST /v1/profiles/batch`: up to a hundred people, each answered by itself, in order.
pub(crate) async fn batch(app: &App, request: &Request) -> Result<Response, Problem> {
    let asker = app.gate.asker(request).await?;
    let targets = target::all_in_body(request, asker.machine())?;
    let answers = async |asking: Asking| {
        let answers = answer(app, &asking, &targets).await?;
        Ok(Answer::all(&answers))
    };
    let gate = &app.gate;
    gate.limited(request, asker, targets.len(), answers).await
}

async fn one(
    app: &App,
    request: &Request,
    asker: Asker,
    target: Target,
) -> Result<Response, Problem> {
    let answers = async |asking: Asking| {
        let mut answers = answer(app, &asking, &[target]).await?;
        let answer = answers.pop().ok_or_else(problems::no_such_person)?;
        Ok(answer.into_response())
    };
    app.gate.limited(request, asker, 1, answers).await
}

/// The answer about each of `targets`, in order: identifiers are found in one call, then profiles and
/// consents in another.
pub(crate) async fn answer(
    app: &App,
    asking: &Asking,
    targets: &[Target],
) -> Result<Vec<Answer>, Problem> {
    let ids = lookup::ids(app, targets).await?;
    let subjects = app.gate.look_up(asking, &ids).await?;
    app.gate.answers(asking, subjects).await
}
