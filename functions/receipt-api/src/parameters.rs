//! What a query may say.

use access::{Cursor, Span, SummaryCursor};
use jiff::Timestamp;
use lambda_kit::{http::Request, problem::Problem};
use tenancy::PartnerId;

use crate::problems::invalid_parameter;

/// The partner whose receipts are asked for.
pub(crate) fn partner(request: &Request) -> Result<PartnerId, Problem> {
    one_partner(request)?.ok_or_else(no_partner)
}

/// The same where those of all partners can be asked for.
pub(crate) fn one_partner(request: &Request) -> Result<Option<PartnerId>, Problem> {
    let partner = request.query_parameter("partner").map(str::parse);
    partner.transpose().map_err(|_| no_partner())
}

fn no_partner() -> Problem {
    invalid_parameter(
        "partner",
        "A partner is named in lower-case letters, digits and hyphens.",
    )
}

/// The time that is asked about, as far as there can be receipts of it `now`. Without an end it lasts
/// until then.
pub(crate) fn span(request: &Request, now: Timestamp) -> Result<Span, Problem> {
    let from = moment(request, "from")?.ok_or_else(|| no_moment("from"))?;
    let to = moment(request, "to")?;
    let last = if to.is_some() { "to" } else { "from" };
    let span = Span::new(from, to.unwrap_or(now));
    let span = span.map_err(|_| invalid_parameter(last, "The time ends after it begins."))?;
    Ok(span.kept_at(now))
}

fn moment(request: &Request, name: &'static str) -> Result<Option<Timestamp>, Problem> {
    let moment = request.query_parameter(name).map(str::parse);
    moment.transpose().map_err(|_| no_moment(name))
}

fn no_moment(name: &'static str) -> Problem {
    invalid_parameter(name, "A moment is written as 2026-01-15T09:00:00Z.")
}

/// Where the page begins, if it is not the first.
pub(crate) fn cursor(request: &Request) -> Result<Option<Cursor>, Problem> {
    let cursor = request.query_parameter("cursor").map(str::parse);
    cursor.transpose().map_err(|_| no_cursor())
}

/// The same of a summary, of `partner` alone if it names one.
pub(crate) fn summary_cursor(
    request: &Request,
    partner: Option<&PartnerId>,
) -> Result<Option<SummaryCursor>, Problem> {
    let cursor = request.query_parameter("cursor").map(str::parse);
    let cursor: Option<SummaryCursor> = cursor.transpose().map_err(|_| no_cursor())?;
    let leads_elsewhere =
        |cursor: &SummaryCursor| partner.is_some_and(|one| *one != cursor.partner);
    if cursor.as_ref().is_some_and(leads_elsewhere) {
        return Err(no_cursor());
    }
    Ok(cursor)
}

fn no_cursor() -> Problem {
    invalid_parameter("cursor", "Send `next` of the page before as it is.")
}
