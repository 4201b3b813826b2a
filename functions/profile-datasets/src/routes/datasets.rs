//! `/v1/me/datasets`

use identity::ProfileId;
use lambda_kit::http::Response;

use crate::{
    App,
    problems::{self, Refusal},
    representation,
};

/// `GET /v1/me/datasets`: what there is, by name.
pub(crate) async fn list(app: &App, member: ProfileId) -> Result<Response, Refusal> {
    let datasets = app.reader.list(member).await.map_err(problems::dataset)?;
    Ok(representation::list(datasets))
}
