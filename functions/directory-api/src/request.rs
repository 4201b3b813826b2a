//! What a request says: which tenant, on top of which version, and what is to be defined.

use std::str::FromStr;

use lambda_kit::{http::Request, problem::Problem};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tenancy::{Author, Definition, Expected, Place, TenantId};
use token::Operator;

use crate::problems;

/// The largest body that is looked at, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// What a name takes.
const NAME: &str = "A name has 1 to 64 characters out of a-z, 0-9 and -, and begins with a letter.";

/// A name in the path.
pub(crate) fn name<T: FromStr>(request: &Request, parameter: &'static str) -> Result<T, Problem> {
    let name = request.path_parameter(parameter);
    name.and_then(|name| name.parse().ok())
        .ok_or_else(|| problems::invalid_parameter(parameter, NAME))
}

/// Behind which name the page begins, if it is not the first one.
pub(crate) fn cursor<T: FromStr>(request: &Request) -> Result<Option<T>, Problem> {
    let cursor = request.query_parameter("cursor").map(str::parse);
    cursor.transpose().map_err(|_| {
        problems::invalid_parameter("cursor", "Send `next` of the page before as it is.")
    })
}

/// The tenant in the path, which has to be the operator's own. Nothing is read before that, so that
/// nobody is told what other tenants have.
pub(crate) fn own_tenant(request: &Request, operator: &Operator) -> Result<TenantId, Problem> {
    let named: TenantId = name(request, "tenant")?;
    match &operator.tenant {
        Some(own) if *own == named => Ok(named),
        Some(_) => Err(problems::another_tenant()),
        None => Err(problems::no_tenant_in_token()),
    }
}

/// Who asks, by which request.
pub(crate) fn author<'a>(request: &'a Request, operator: &'a Operator) -> Author<'a> {
    Author {
        sub: operator.sub.as_str(),
        request: request.id(),
    }
}

/// On top of what something is to be written.
pub(crate) fn expected(request: &Request) -> Result<Expected, Problem> {
    let tags = ["if-match", "if-none-match"].map(|name| request.header(name).map(str::trim));
    match tags {
        [None, Some("*")] => Ok(Expected::Absent),
        [Some(tag), None] => version(tag)
            .map(Expected::Version)
            .ok_or_else(problems::stale),
        _ => Err(problems::version_needed()),
    }
}

/// A version as a strong entity tag.
pub(crate) fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

fn version(tag: &str) -> Option<u64> {
    let version = tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()?;
    (etag(version) == tag).then_some(version)
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

/// What `body` defines at `place`, read by what reads it from the directory.
pub(crate) fn definition<T: Definition>(
    place: &Place,
    body: &impl Serialize,
) -> Result<T, Problem> {
    let mut row = serde_json::to_value(body).unwrap_or_default();
    if let Value::Object(row) = &mut row {
        row.insert("tenant".to_owned(), place.tenant().into());
        row.insert("part".to_owned(), place.part().into());
    }
    // Each value was read before: what is left to be wrong is told in a sentence of ours.
    serde_json::from_value(row)
        .map_err(|error| problems::beyond_limits(&format!("Mind that {error}.")))
}
