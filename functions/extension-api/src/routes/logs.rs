//! `GET /v1/directory/{tenant}/extensions/{extension}/logs`

use std::time::Duration;

use extension::{Kind, LogLine};
use jiff::Timestamp;
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use token::Operator;

use super::found;
use crate::{App, problems, representation, request};

/// From when on lines are told where nothing else is asked for.
const USUAL: Duration = Duration::from_hours(1);

/// As many lines as are told where nothing else is asked for, and at most.
const USUAL_LINES: usize = 100;
const MOST_LINES: usize = 1_000;

/// The last lines that an extension wrote: to its standard error, or whatever its own function writes. They are kept
/// for three days.
pub(crate) async fn tail(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let (tenant, name) = request::own_extension(request, operator)?;
    let from = since(request, app.clock.now())?;
    let most = limit(request)?;
    let extension = found(app, &tenant, &name).await?;
    let host = app.names.log_group(&app.names.host(&tenant));
    let lines = app.logs.of_host(&host, &name, from, most).await;
    let mut lines = lines.map_err(|error| problems::unavailable(&error))?;
    if extension.kind == Some(Kind::Lambda) {
        let own = app.names.log_group(&app.names.function(&tenant, &name));
        let its = app.logs.of_function(&own, from, most).await;
        lines.extend(its.map_err(|error| problems::unavailable(&error))?);
    }
    Ok(representation::logs(&last(lines, most)))
}

fn last(mut lines: Vec<LogLine>, most: usize) -> Vec<LogLine> {
    lines.sort_by_key(|line| line.at);
    let surplus = lines.len().saturating_sub(most);
    lines.drain(..surplus);
    lines
}

fn since(request: &Request, now: Timestamp) -> Result<Timestamp, Problem> {
    let takes = "A moment such as 2026-01-15T09:00:00Z.";
    match request.query_parameter("since").map(str::parse) {
        None => Ok(now.checked_sub(USUAL).unwrap_or(now)),
        Some(since) => since.map_err(|_| problems::invalid_parameter("since", takes)),
    }
}

fn limit(request: &Request) -> Result<usize, Problem> {
    let takes = "A number from 1 to 1,000.";
    let limit = request.query_parameter("limit").map(str::parse);
    match limit {
        None => Ok(USUAL_LINES),
        Some(Ok(limit)) if (1..=MOST_LINES).contains(&limit) => Ok(limit),
        Some(_) => Err(problems::invalid_parameter("limit", takes)),
    }
}
