//! What a request's query says.

use std::str::FromStr;

use audience::{Binding, Filter, Place};
use lambda_kit::{http::Request, problem::Problem};
use partner::problems::parameter;

/// Whom the list is about.
pub(crate) fn filter(request: &Request) -> Result<Filter, Problem> {
    Ok(Filter {
        segment: parsed(
            request,
            "segment",
            "Send a name of 1 to 64 characters out of a-z, 0-9 and -, a letter first.",
        )?,
        country: parsed(
            request,
            "country",
            "Send a country's code of ISO 3166-1, for example CH.",
        )?,
        updated_since: parsed(
            request,
            "updated_since",
            "Send a time of the form 2026-01-15T09:00:00Z.",
        )?,
    })
}

/// Where the page begins.
pub(crate) fn place(
    request: &Request,
    binding: &Binding,
    filter: &Filter,
) -> Result<Place, Problem> {
    let Some(cursor) = request.query_parameter("cursor") else {
        return Ok(Place::default());
    };
    binding.place(cursor, filter).map_err(|_| {
        parameter(
            "cursor",
            "Send next as it came with the page before, with the same purpose and filters.",
        )
    })
}

fn parsed<T: FromStr>(
    request: &Request,
    name: &'static str,
    takes: &'static str,
) -> Result<Option<T>, Problem> {
    let text = request.query_parameter(name);
    let parsed = text.map(str::parse).transpose();
    parsed.map_err(|_| parameter(name, takes))
}
