//! What operators see of their tenant's partners.

use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use tenancy::TenantId;

use super::PAGE;
use crate::{App, parameters, problems, representation, summary::Summary};

/// The scope that it takes.
pub(crate) const SCOPE: &str = "fairlead/receipts.read";

/// As many receipts as are counted at once.
const MOST_COUNTED: usize = 10_000;

/// `GET /v1/receipts`: what a partner asked for, the newest first.
pub(crate) async fn list(app: &App, request: &Request) -> Result<Response, Problem> {
    let tenant = tenant(app, request).await?;
    let (partner, span) = (parameters::partner(request)?, parameters::span(request)?);
    let cursor = parameters::cursor(request)?;
    let page = app
        .receipts
        .by_partner(&tenant, &partner, span, cursor, PAGE);
    let page = page.await.map_err(|error| problems::receipts(&error))?;
    Ok(representation::of_partner(&page))
}

/// `GET /v1/receipts/summary`: how often a partner asked, by purpose, day and outcome.
pub(crate) async fn summary(app: &App, request: &Request) -> Result<Response, Problem> {
    let tenant = tenant(app, request).await?;
    let (partner, span) = (parameters::partner(request)?, parameters::span(request)?);
    let all = app
        .receipts
        .all_of_partner(&tenant, &partner, span, MOST_COUNTED);
    let all = all.await.map_err(|error| problems::receipts(&error))?;
    let summary = Summary::of(all.ok_or_else(problems::too_many)?);
    Ok(representation::summary(&summary))
}

/// The tenant whose operator calls. No gateway looked at the token: it is verified here.
async fn tenant(app: &App, request: &Request) -> Result<TenantId, Problem> {
    let verified = app.verifier.verify(request.header("authorization")).await?;
    let operator = verified.operator(SCOPE)?;
    operator
        .tenant
        .clone()
        .ok_or_else(problems::no_tenant_in_token)
}
