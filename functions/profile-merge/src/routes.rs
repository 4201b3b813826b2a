//! `/v1/profiles/…`

use event::Cause;
use identity::{MergeId, ProfileId};
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use profile::Grounds;
use serde::{Deserialize, de::DeserializeOwned};
use token::Operator;

use crate::{App, problems, representation};

/// The largest body that is looked at, in bytes.
const MAX_BODY: usize = 4 * 1024;

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeRequest {
    #[cfg_attr(feature = "openapi", schema(min_items = 2, max_items = 2))]
    profiles: [ProfileId; 2],
    #[serde(default)]
    dry_run: bool,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct SplitRequest {
    merge_id: MergeId,
}

/// `POST /v1/profiles/merge`: makes two persons one, or says what that would do.
pub(crate) async fn merge(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let MergeRequest { profiles, dry_run } = body(
        request,
        r#"Send {"profiles": [two profile ids], "dry_run": true or false} and nothing else."#,
    )?;
    let [one, other] = profiles;
    if one == other {
        return Err(problems::same_profile());
    }
    if dry_run {
        let preview = app.merger.preview(one, other).await;
        let preview = preview.map_err(|error| problems::merge(&error))?;
        return Ok(representation::preview(&preview));
    }
    let joined = app
        .merger
        .for_operator(&operator.sub)
        .join(one, other, &Grounds::Operator, &cause(request))
        .await
        .map_err(|error| problems::merge(&error))?;
    Ok(representation::joined(joined))
}

/// `GET /v1/profiles/{profile_id}/merges`: the merges that a person went through, page by page.
pub(crate) async fn merges(app: &App, request: &Request) -> Result<Response, Problem> {
    let place = request.query_parameter("cursor").map(str::parse);
    let place = place.transpose().map_err(|_| problems::no_place())?;
    let merges = app.merges.merges(profile_id(request)?, place).await;
    let merges = merges.map_err(|error| problems::merge(&error))?;
    Ok(representation::merges(&merges))
}

/// `GET /v1/profiles/{profile_id}/identifiers`: what points at a person, without what it says, page by page.
pub(crate) async fn identifiers(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let place = request.query_parameter("cursor").map(str::parse);
    let place = place.transpose().map_err(|_| problems::no_place())?;
    let found = app.identifiers.identifiers(profile_id(request)?, place);
    let found = found.await.map_err(|error| problems::merge(&error))?;
    Ok(representation::identifiers(
        &found,
        operator.tenant.as_ref(),
    ))
}

/// `POST /v1/profiles/{profile_id}/split`: undoes a merge.
pub(crate) async fn split(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let id = profile_id(request)?;
    let SplitRequest { merge_id } =
        body(request, r#"Send {"merge_id": "mrg_…"} and nothing else."#)?;
    let merger = app.merger.for_operator(&operator.sub);
    let parted = merger.split(id, merge_id, &cause(request)).await;
    let parted = parted.map_err(|error| problems::merge(&error))?;
    Ok(representation::parted(parted, merge_id))
}

fn profile_id(request: &Request) -> Result<ProfileId, Problem> {
    let id = request.path_parameter("profile_id");
    id.and_then(|id| id.parse().ok())
        .ok_or_else(problems::no_profile_id)
}

fn body<T: DeserializeOwned>(request: &Request, hint: &'static str) -> Result<T, Problem> {
    let content_type = request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(problems::media_type());
    }
    let bytes = request.body(MAX_BODY).map_err(problems::body)?;
    serde_json::from_slice(&bytes).map_err(|_| problems::malformed(hint))
}

/// What the change that this request makes follows from.
fn cause(request: &Request) -> Cause {
    Cause {
        request_id: request.id().to_owned(),
    }
}
