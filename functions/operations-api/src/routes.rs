//! The routes.

use std::sync::Arc;

use flow::RECONCILIATION;
use house::{Figures, Over};
use lambda_kit::{
    error::ServiceError,
    http::{Request, Response},
    problem::Problem,
};

use crate::{
    App, problems,
    representation::{self, Way},
};

/// `GET /v1/operations/house`: how much went through each part, what waits there and what failed.
pub(crate) async fn house(app: &App, request: &Request) -> Result<Response, Problem> {
    let over = request
        .query_parameter("over")
        .map_or(Ok(Over::Hour), str::parse);
    let over = over.map_err(|_| problems::invalid_over())?;
    let kept = app.kept.good(over, app.clock.now());
    let figures = match kept {
        Some(figures) => Ok(figures),
        None => read(app, over).await,
    };
    let figures = figures.map_err(|error| problems::unavailable(&error))?;
    Ok(representation::house(&app.house, &figures))
}

async fn read(app: &App, over: Over) -> Result<Arc<Figures>, ServiceError> {
    let figures = Box::pin(app.metrics.read(&app.house, over)).await?;
    Ok(app.kept.keep(figures))
}

/// `GET /v1/operations/flows`: how far mending each flow is, and what was repaired of late.
pub(crate) async fn flows(app: &App) -> Result<Response, Problem> {
    let ways = ways(app);
    let names: Vec<&str> = ways.iter().map(|(name, _)| *name).collect();
    // Where there are no flows there is nothing to read.
    let read = match names.as_slice() {
        [] => Ok(Vec::new()),
        names => app.breakers.load_all(names).await,
    };
    let breakers = read.map_err(|error| problems::unavailable(&error))?;
    let ways = ways.into_iter().map(|(_, way)| way);
    Ok(representation::flows(breakers.iter().zip(ways)))
}

/// The flows that there are, and which way each goes; with them the counts, which are looked after likewise.
fn ways(app: &App) -> Vec<(&str, Way)> {
    let telling = app.flows.telling.iter();
    let telling = telling.map(|name| (name.as_str(), Way::In));
    let out = app.flows.out.iter();
    let out = out.map(|name| (name.as_str(), Way::Out));
    let mut ways: Vec<(&str, Way)> = telling.chain(out).collect();
    if !ways.is_empty() {
        ways.push((RECONCILIATION, Way::Both));
    }
    ways
}
