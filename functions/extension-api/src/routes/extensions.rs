//! `/v1/directory/{tenant}/extensions`

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use token::Operator;

use super::found;
use crate::{App, problems, representation, request};

/// `GET /v1/directory/{tenant}/extensions`: there are a few at most.
pub(crate) async fn list(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let tenant = request::own_tenant(request, operator)?;
    let all = app.reader.all(&tenant).await;
    let all = all.map_err(|error| problems::unavailable(&error))?;
    Ok(representation::extensions(&all))
}

/// `GET /v1/directory/{tenant}/extensions/{extension}`: with its versions, what is wrong with them, whether it is
/// paused, and the host that runs it.
pub(crate) async fn show(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let (tenant, name) = request::own_extension(request, operator)?;
    let extension = found(app, &tenant, &name).await?;
    let unavailable = |error| problems::unavailable(&error);
    let versions = app
        .reader
        .versions(&tenant, &name)
        .await
        .map_err(unavailable)?;
    let host = app.reader.host(&tenant).await.map_err(unavailable)?;
    let paused = app
        .usage
        .paused(&tenant, &name)
        .await
        .map_err(unavailable)?;
    Ok(representation::extension(
        &extension,
        &versions,
        host.as_ref(),
        paused.as_ref(),
    ))
}
