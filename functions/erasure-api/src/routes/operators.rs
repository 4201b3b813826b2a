//! `/v1/profiles/{profile_id}/erasure`: operators, for people who have no login by which they could ask.

use erasure::{Case, Requesting};
use event::Cause;
use identity::ProfileId;
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use serde::Deserialize;
use token::Operator;

use crate::{App, problems, representation};

/// The scope that it needs.
pub(crate) const ERASE: &str = "fairlead/profile.erase";

/// The largest body that is looked at, in bytes.
const MAX_BODY: usize = 1024;

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OperatorsErasureRequest))]
#[serde(deny_unknown_fields)]
pub(crate) struct ErasureRequest {
    case: Case,
}

/// Answers on a route that changes something, once under each key that the operator sends.
pub(crate) async fn once(
    app: &App,
    request: &Request,
    route: impl AsyncFn(&App, &Request, &Operator) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let verified = app.verifier.verify(request.header("authorization")).await?;
    let operator = verified.operator(ERASE)?;
    let answer = async |request: &Request| route(app, request, operator).await;
    app.answers
        .once(request, &operator.key_holder(), answer)
        .await
}

/// `POST /v1/profiles/{profile_id}/erasure`: begins to erase the person, or tells of what was begun. Who
/// asked and in which case is on record.
pub(crate) async fn request(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let id = profile_id(request)?;
    let ErasureRequest { case } = body(request)?;
    let cause = Cause {
        request_id: request.id().to_owned(),
    };
    let by = Requesting::Operator(&operator.sub, &case);
    let erasure = app.requester.request(id, by, &cause).await;
    let erasure = erasure.map_err(|error| problems::erasure(&error))?;
    Ok(representation::begun(&erasure))
}

fn profile_id(request: &Request) -> Result<ProfileId, Problem> {
    let id = request.path_parameter("profile_id");
    id.and_then(|id| id.parse().ok())
        .ok_or_else(problems::no_profile_id)
}

fn body(request: &Request) -> Result<ErasureRequest, Problem> {
    let content_type = request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(problems::media_type());
    }
    let bytes = request.body(MAX_BODY).map_err(problems::body)?;
    serde_json::from_slice(&bytes).map_err(|_| problems::no_case())
}
