//! What a query may say.

use access::{Cursor, Span, SpanError};
use jiff::Timestamp;
use lambda_kit::{http::Request, problem::Problem};
use tenancy::PartnerId;

use crate::problems::invalid_parameter;

/// The partner whose receipts are asked for.
pub(crate) fn partner(request: &Request) -> Result<PartnerId, Problem> {
    request
        .query_parameter("partner")
        .and_then(|partner| partner.parse().ok())
        .ok_or_else(|| {
            invalid_parameter(
                "partner",
                "A partner is named in lower-case letters, digits and hyphens.",
            )
        })
}

/// The time that is asked about.
pub(crate) fn span(request: &Request) -> Result<Span, Problem> {
    let (from, to) = (moment(request, "from")?, moment(request, "to")?);
    Span::new(from, to).map_err(|error| {
        let takes = match error {
            SpanError::Backwards => "The time ends after it begins.",
            SpanError::TooLong => "At most 31 days can be asked about at once.",
        };
        invalid_parameter("to", takes)
    })
}

fn moment(request: &Request, name: &'static str) -> Result<Timestamp, Problem> {
    request
        .query_parameter(name)
        .and_then(|moment| moment.parse().ok())
        .ok_or_else(|| invalid_parameter(name, "A moment is written as 2026-01-15T09:00:00Z."))
}

/// Where the page begins, if it is not the first.
pub(crate) fn cursor(request: &Request) -> Result<Option<Cursor>, Problem> {
    let cursor = request.query_parameter("cursor").map(str::parse);
    cursor
        .transpose()
        .map_err(|_| invalid_parameter("cursor", "Send `next` of the page before as it is."))
}
