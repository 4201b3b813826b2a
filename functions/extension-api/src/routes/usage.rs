//! `GET /v1/directory/{tenant}/extensions/{extension}/usage`

use jiff::{ToSpan as _, civil::Date, tz::TimeZone};
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use token::Operator;

use super::found;
use crate::{App, problems, representation, request};

/// As many days as are told where nothing else is asked for, and at most: as long as the rows are kept.
const USUAL_DAYS: usize = 7;
const MOST_DAYS: usize = 62;

const DAY: &str = "A day such as 2026-01-15, not after `to` and 62 days before it at most.";

/// What an extension used, day by day, and what that costs by the prices of the region where AWS computes it.
pub(crate) async fn show(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let (tenant, name) = request::own_extension(request, operator)?;
    let today = app.clock.now().to_zoned(TimeZone::UTC).date();
    let days = days(request, today)?;
    found(app, &tenant, &name).await?;
    let used = app.usage.of(&tenant, &name, &days).await;
    let used = used.map_err(|error| problems::unavailable(&error))?;
    Ok(representation::usage(&days, &used))
}

fn days(request: &Request, today: Date) -> Result<Vec<Date>, Problem> {
    let to = day(request, "to")?.unwrap_or(today);
    let usual = i64::try_from(USUAL_DAYS - 1).unwrap_or_default();
    let from = day(request, "from")?;
    let from = from.unwrap_or_else(|| to.checked_sub(usual.days()).unwrap_or(to));
    let days: Vec<Date> = from
        .series(1.day())
        .take_while(|day| *day <= to)
        .take(MOST_DAYS + 1)
        .collect();
    if days.is_empty() || days.len() > MOST_DAYS {
        return Err(problems::invalid_parameter("from", DAY));
    }
    Ok(days)
}

fn day(request: &Request, name: &'static str) -> Result<Option<Date>, Problem> {
    let day = request.query_parameter(name).map(str::parse);
    day.transpose()
        .map_err(|_| problems::invalid_parameter(name, DAY))
}
