//! `/v1/me`

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use profile::ProfilePatch;
use token::Person;

use super::{body, cause};
use crate::{App, problems, representation};

/// `GET /v1/me`: the caller's profile; 304 if it still is at the version of `If-None-Match`.
pub(crate) async fn read(
    app: &App,
    request: &Request,
    caller: &Person,
) -> Result<Response, Problem> {
    let profile = app
        .reader
        .profile(caller.profile)
        .await
        .map_err(|error| problems::profile(&error))?;
    let etag = representation::etag(profile.version);
    if request.header("if-none-match") == Some(etag.as_str()) {
        return Ok(Response::empty(304).header("etag", etag));
    }
    Ok(representation::profile(&profile))
}

/// `PATCH /v1/me`: a JSON Merge Patch on the version of `If-Match`.
pub(crate) async fn patch(
    app: &App,
    request: &Request,
    caller: &Person,
) -> Result<Response, Problem> {
    let body = body(
        request,
        &["application/merge-patch+json", "application/json"],
    )?;
    let patch = ProfilePatch::parse(&body).map_err(|error| problems::patch(&error))?;
    let expected = expected_version(request)?;
    let tenant = caller.tenant.as_ref();
    let patched = app
        .writer
        .patch(caller.profile, expected, patch, tenant, &cause(request))
        .await;
    Ok(representation::profile(
        &patched.map_err(|error| problems::profile(&error))?,
    ))
}

/// The version that `If-Match` names. Anything but one strong tag of ours matches no version.
fn expected_version(request: &Request) -> Result<u64, Problem> {
    let tag = request
        .header("if-match")
        .ok_or_else(problems::version_needed)?
        .trim();
    let version = tag
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .and_then(|version| version.parse().ok());
    version
        .filter(|version| representation::etag(*version) == tag)
        .ok_or_else(problems::stale)
}
