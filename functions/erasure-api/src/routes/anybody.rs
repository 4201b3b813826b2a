//! `/v1/erasures/{erasure_id}`: whoever has the id. The person has no login any more by which they
//! could ask; the id is beyond guessing, and nothing that it opens is personal.

use identity::ErasureId;
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};

use super::erasure_id;
use crate::{App, problems, representation};

/// `GET /v1/erasures/{erasure_id}`: how far it is.
pub(crate) async fn read(app: &App, request: &Request) -> Result<Response, Problem> {
    status(app, &erasure_id(request)?).await
}

/// `GET /v1/erasures/{erasure_id}/certificate`: what was erased, and who was told.
pub(crate) async fn certificate(app: &App, request: &Request) -> Result<Response, Problem> {
    let certificate = app.certificates.certificate(&erasure_id(request)?).await;
    let certificate = certificate.map_err(|error| problems::erasure(&error))?;
    Ok(Response::json(200, "application/json", &certificate))
}

/// How far the erasure is.
pub(super) async fn status(app: &App, id: &ErasureId) -> Result<Response, Problem> {
    let erasure = app.reader.erasure(id).await;
    let erasure = erasure.map_err(|error| problems::erasure(&error))?;
    let recipients = app.reader.recipients(id).await;
    let recipients = recipients.map_err(|error| problems::erasure(&error))?;
    Ok(representation::status(&erasure, &recipients))
}
