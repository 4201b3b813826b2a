//! `/v1/me/traits`

use lambda_kit::{http::Response, problem::Problem};
use token::Person;

use crate::{App, problems, representation};

/// `GET /v1/me/traits`: what code of the tenant by whose login they came noted of the caller.
pub(crate) async fn read(app: &App, caller: &Person) -> Result<Response, Problem> {
    let tenant = caller
        .tenant
        .as_ref()
        .ok_or_else(problems::no_tenant_in_token)?;
    let members = app.partitions.members(caller.member).await;
    let members = members.map_err(|error| problems::profile(&error))?;
    let noted = app.partitions.traits(&members, tenant).await;
    let noted = noted.map_err(|error| problems::profile(&error))?;
    Ok(representation::traits(tenant, &noted))
}
