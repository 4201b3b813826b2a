//! `/v1/me/events`

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use token::Person;

use crate::{App, problems, representation};

/// `GET /v1/me/events`: what partners told of the caller, the newest first; of the tenant by whose login
/// they came.
pub(crate) async fn read(
    app: &App,
    request: &Request,
    caller: &Person,
) -> Result<Response, Problem> {
    let tenant = caller
        .tenant
        .as_ref()
        .ok_or_else(problems::no_tenant_in_token)?;
    let after = request.query_parameter("cursor").map(str::parse);
    let after = after
        .transpose()
        .map_err(|_| problems::invalid_parameter("cursor"))?;
    let members = app.partitions.members(caller.member).await;
    let members = members.map_err(|error| problems::profile(&error))?;
    let page = app.timelines.page(&members, tenant, after.as_ref()).await;
    let page = page.map_err(|error| problems::profile(&error))?;
    Ok(representation::events(tenant, &page))
}
