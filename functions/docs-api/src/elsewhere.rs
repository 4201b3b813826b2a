//! Requests that no route matches.

use std::collections::BTreeSet;

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use serde_json::Value;

use crate::problems;

/// Why nothing else answers `request`: its path has other methods, which `Allow` names, or there is no
/// such path. Nothing is asked of the caller for it, since the routes are no secret.
pub(crate) fn answer(description: &Value, request: &Request) -> Result<Response, Problem> {
    let allowed = methods(description, request.path());
    if allowed.is_empty() {
        return Err(problems::no_such_route());
    }
    let allowed: Vec<String> = allowed.into_iter().collect();
    let allowed = allowed.join(", ");
    Ok(Response::from(problems::method_not_allowed()).header("allow", allowed))
}

/// The methods of the paths that `path` is one of.
fn methods(description: &Value, path: &str) -> BTreeSet<String> {
    let paths = description.get("paths").and_then(Value::as_object);
    let of_it = paths.into_iter().flatten();
    let of_it = of_it.filter(|(template, _)| is_of(template, path));
    let methods = of_it.flat_map(|(_, operations)| operations.as_object().into_iter().flatten());
    methods.map(|(method, _)| method.to_uppercase()).collect()
}

/// Whether `path` is one of those that `template` stands for: `/v1/profiles/{profile_id}`.
fn is_of(template: &str, path: &str) -> bool {
    let (mut wanted, mut found) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found))
                if wanted == found || (wanted.starts_with('{') && !found.is_empty()) => {}
            _ => return false,
        }
    }
}
