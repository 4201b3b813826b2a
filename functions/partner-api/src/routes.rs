//! The routes. All of them answer the same question, of one person or of many.

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};

use crate::{
    App,
    answer::Answer,
    asking::{Asking, machine},
    lookup::{Subject, look_up},
    problems,
    target::{self, Target},
};

/// `GET /v1/profiles/{profile_id}`: a person by their id.
pub(crate) async fn read(app: &App, request: &Request) -> Result<Response, Problem> {
    let machine = machine(app, request).await?;
    let target = target::in_path(request)?;
    let asking = Asking::of(app, request, machine).await?;
    Ok(one(app, &asking, target).await?.into_response())
}

/// `POST /v1/profiles/resolve`: a person by anything that points at them.
pub(crate) async fn resolve(app: &App, request: &Request) -> Result<Response, Problem> {
    let machine = machine(app, request).await?;
    let target = target::in_body(request, &machine)?;
    let asking = Asking::of(app, request, machine).await?;
    Ok(one(app, &asking, target).await?.into_response())
}

/// `POST /v1/profiles/batch`: up to a hundred people, each answered by itself, in order.
pub(crate) async fn batch(app: &App, request: &Request) -> Result<Response, Problem> {
    let machine = machine(app, request).await?;
    let targets = target::all_in_body(request, &machine)?;
    let asking = Asking::of(app, request, machine).await?;
    let subjects = look_up(app, &asking, &targets).await?;
    let receipts = subjects.iter().map(|subject| asking.decide(app, subject));
    let receipts = receipts.collect::<Result<_, _>>()?;
    let recorded = app.receipts.record_all(receipts).await;
    let recorded = recorded.map_err(|error| problems::unavailable(&error))?;
    let answers = recorded.into_iter().zip(subjects);
    let answers: Vec<Answer> = answers
        .map(|(recorded, subject)| Answer::new(&asking, recorded, subject))
        .collect();
    Ok(Answer::all(&answers))
}

async fn one(app: &App, asking: &Asking, target: Target) -> Result<Answer, Problem> {
    let mut subjects = look_up(app, asking, &[target]).await?;
    let subject = subjects.pop().unwrap_or_else(Subject::nobody);
    let recorded = app.receipts.record(asking.decide(app, &subject)?).await;
    let recorded = recorded.map_err(|error| problems::unavailable(&error))?;
    Ok(Answer::new(asking, recorded, subject))
}
