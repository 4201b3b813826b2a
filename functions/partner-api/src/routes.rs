//! The routes. All of them answer the same question, of one person or of many.

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use token::Machine;

use crate::{
    App,
    answer::Answer,
    asking::{Asking, machine},
    lookup::look_up,
    problems, repeating,
    target::{self, Target},
};

/// `GET /v1/profiles/{profile_id}`: a person by their id.
pub(crate) async fn read(app: &App, request: &Request) -> Result<Response, Problem> {
    let machine = machine(app, request).await?;
    let target = target::in_path(request)?;
    one(app, request, machine, target).await
}

/// `POST /v1/profiles/resolve`: a person by anything that points at them.
pub(crate) async fn resolve(app: &App, request: &Request) -> Result<Response, Problem> {
    let machine = machine(app, request).await?;
    let target = target::in_body(request, &machine)?;
    one(app, request, machine, target).await
}

/// `POST /v1/profiles/batch`: up to a hundred people, each answered by itself, in order.
pub(crate) async fn batch(app: &App, request: &Request) -> Result<Response, Problem> {
    let machine = machine(app, request).await?;
    let targets = target::all_in_body(request, &machine)?;
    let answers = async |asking: Asking| {
        let answers = answer(app, &asking, &targets).await?;
        Ok(Answer::all(&answers))
    };
    limited(app, request, machine, targets.len(), answers).await
}

async fn one(
    app: &App,
    request: &Request,
    machine: Machine,
    target: Target,
) -> Result<Response, Problem> {
    let answers = async |asking: Asking| {
        let mut answers = answer(app, &asking, &[target]).await?;
        let answer = answers.pop().ok_or_else(problems::no_such_person)?;
        Ok(answer.into_response())
    };
    limited(app, request, machine, 1, answers).await
}

/// What `answers` makes of the question, if the partner may ask about `people` more in this minute.
async fn limited(
    app: &App,
    request: &Request,
    machine: Machine,
    people: usize,
    answers: impl AsyncFnOnce(Asking) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let (tenant, partner) = (machine.tenant.clone(), machine.partner.clone());
    let route = async || answers(Asking::of(app, request, machine).await?).await;
    app.rates.within(&tenant, &partner, people, route).await
}

/// The answer about each of `targets`, in order.
async fn answer(app: &App, asking: &Asking, targets: &[Target]) -> Result<Vec<Answer>, Problem> {
    let subjects = look_up(app, asking, targets).await?;
    let receipts = subjects.iter().map(|subject| asking.decide(app, subject));
    let receipts = receipts.collect::<Result<_, _>>()?;
    let receipts = repeating::receipts(app, asking.key.as_ref(), receipts).await?;
    let recorded = app.receipts.record_all(receipts).await;
    let recorded = recorded.map_err(|error| problems::unavailable(&error))?;
    let answers = recorded.into_iter().zip(subjects);
    Ok(answers
        .map(|(recorded, subject)| Answer::new(asking, recorded, subject))
        .collect())
}
