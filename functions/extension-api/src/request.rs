//! What a request says: whose extension, and what is to become of it.

use std::str::FromStr;

use extension::registry::Change;
use jiff::Timestamp;
use lambda_kit::{http::Request, problem::Problem};
use serde::de::DeserializeOwned;
use tenancy::{ExtensionName, TenantId};
use token::Operator;

use crate::problems;

/// The largest body that is looked at, in bytes.
const MAX_BODY: usize = 4 * 1024;

/// What a name takes.
const NAME: &str = "A name has 1 to 64 characters out of a-z, 0-9 and -, and begins with a letter.";

/// A parameter of the path.
pub(crate) fn parameter<T: FromStr>(
    request: &Request,
    name: &'static str,
    takes: &str,
) -> Result<T, Problem> {
    let value = request.path_parameter(name);
    value
        .and_then(|value| value.parse().ok())
        .ok_or_else(|| problems::invalid_parameter(name, takes))
}

/// The tenant in the path, which has to be the operator's own. Nothing is read before that, so that
/// nobody is told what other tenants have.
pub(crate) fn own_tenant(request: &Request, operator: &Operator) -> Result<TenantId, Problem> {
    let named: TenantId = parameter(request, "tenant", NAME)?;
    match &operator.tenant {
        Some(own) if *own == named => Ok(named),
        Some(_) => Err(problems::another_tenant()),
        None => Err(problems::no_tenant_in_token()),
    }
}

/// The extension in the path, of the operator's own tenant.
pub(crate) fn own_extension(
    request: &Request,
    operator: &Operator,
) -> Result<(TenantId, ExtensionName), Problem> {
    let tenant = own_tenant(request, operator)?;
    Ok((tenant, parameter(request, "extension", NAME)?))
}

/// Who changes something, by which request.
pub(crate) fn change<'a>(
    request: &'a Request,
    operator: &'a Operator,
    at: Timestamp,
) -> Change<'a> {
    Change {
        by: operator.sub.as_str(),
        request: request.id(),
        at,
    }
}

/// The body. What is wrong with one of its `fields` is told by what the field takes.
pub(crate) fn body<T: DeserializeOwned>(
    request: &Request,
    fields: &[(&'static str, &'static str)],
) -> Result<T, Problem> {
    let content_type = request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(problems::media_type());
    }
    let bytes = request.body(MAX_BODY).map_err(problems::body)?;
    let unreadable = "Send a JSON object with the members of the route and nothing else.";
    let mut json = serde_json::Deserializer::from_slice(&bytes);
    let body = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        // The path may have names that the caller made up: only ours are repeated.
        let path = error.path().to_string();
        let first = path.split(['.', '[']).next().unwrap_or_default();
        let known = fields.iter().find(|(name, _)| *name == first);
        known.map_or_else(
            || problems::malformed(unreadable),
            |&(name, takes)| problems::invalid_field(name, takes),
        )
    })?;
    json.end().map_err(|_| problems::malformed(unreadable))?;
    Ok(body)
}
