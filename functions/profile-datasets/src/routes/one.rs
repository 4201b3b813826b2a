//! `/v1/me/datasets/{name}`

use dataset::{Cursor, DatasetName, Push, Version};
use identity::ProfileId;
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};

use crate::{
    App,
    problems::{self, Refusal},
    representation,
};

/// The largest push that is looked at, in bytes: a dataset full of quotation marks, with room for
/// what is around it.
const MAX_BODY: usize = 3 * 1_024 * 1_024;

/// `GET /v1/me/datasets/{name}`: what changed since the version `since`, a page at a time.
pub(crate) async fn pull(
    app: &App,
    request: &Request,
    member: ProfileId,
) -> Result<Response, Refusal> {
    let name = name(request)?;
    let since = match request.query_parameter("since") {
        None => Version::NONE,
        Some(since) => since
            .parse()
            .map_err(|error: dataset::InvalidVersion| problems::query(error, "since"))?,
    };
    let cursor = request.query_parameter("cursor").map(str::parse::<Cursor>);
    let cursor = cursor
        .transpose()
        .map_err(|error| problems::query(error, "cursor"))?;
    let pulled = app.reader.pull(member, &name, since, cursor).await;
    Ok(representation::pulled(
        &name,
        pulled.map_err(problems::dataset)?,
    ))
}

/// `PATCH /v1/me/datasets/{name}`: changes, each with the version that its device saw; on the
/// version of `If-Match` alone, if there is one.
pub(crate) async fn push(
    app: &App,
    request: &Request,
    member: ProfileId,
) -> Result<Response, Refusal> {
    let name = name(request)?;
    let content_type = request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(problems::media_type().into());
    }
    let body = request.body(MAX_BODY).map_err(problems::body)?;
    let push = Push::parse(&body).map_err(problems::push)?;
    let on = expected_version(request)?;
    let pushed = app.writer.push(member, &name, &push, on).await;
    Ok(representation::pushed(pushed.map_err(problems::dataset)?))
}

/// `DELETE /v1/me/datasets/{name}`: the dataset with all its keys.
pub(crate) async fn delete(
    app: &App,
    request: &Request,
    member: ProfileId,
) -> Result<Response, Refusal> {
    let name = name(request)?;
    let deleted = app.writer.delete(member, &name).await;
    deleted.map_err(problems::dataset)?;
    Ok(Response::empty(204))
}

fn name(request: &Request) -> Result<DatasetName, Problem> {
    request
        .path_parameter("name")
        .unwrap_or_default()
        .parse()
        .map_err(problems::name)
}

/// The version that `If-Match` names, if it is there. Anything but one strong tag of ours matches
/// no version.
fn expected_version(request: &Request) -> Result<Option<Version>, Problem> {
    let Some(tag) = request.header("if-match").map(str::trim) else {
        return Ok(None);
    };
    let version = tag
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .and_then(|version| version.parse().ok());
    version.map(Some).ok_or_else(problems::stale)
}
